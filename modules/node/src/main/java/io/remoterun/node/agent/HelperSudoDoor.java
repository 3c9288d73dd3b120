package io.remoterun.node.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Sudo starts a helper, whose standard input and output are the line. */
final class HelperSudoDoor implements HelperLine.Door {
  private static final int MOST_WORDS = 512;

  /** It may ask a directory that does not answer. */
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);

  private final List<String> command;
  private final Duration longestLook;
  private @Nullable Look latest;

  private record Line(Process process, DataInputStream in) implements HelperLine {
    @Override
    public OutputStream out() {
      return process.getOutputStream();
    }

    @Override
    public String lastWords() {
      return words(process);
    }

    @Override
    public void close() throws IOException {
      process.getInputStream().close();
      process.getErrorStream().close();
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        // The helper is gone, and has not heard the last word.
      }
    }
  }

  /** At whether sudo would start the helper. */
  private record Look(CompletableFuture<Optional<String>> seen, long begun) {
    Duration lasts() {
      return Duration.ofNanos(System.nanoTime() - begun);
    }
  }

  /**
   * @param command sudo and its options, and the helper without arguments
   */
  HelperSudoDoor(List<String> command) {
    this(command, LONGEST_LOOK);
  }

  HelperSudoDoor(List<String> command, Duration longestLook) {
    this.command = List.copyOf(command);
    this.longestLook = longestLook;
  }

  @Override
  public HelperLine open() throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new LaunchFailure(Kind.AGENT, Printable.of(String.valueOf(e.getMessage())));
    }
    return new Line(process, new DataInputStream(process.getInputStream()));
  }

  /**
   * Sudo tells whether it would. When it hangs it is root's, so this program cannot end it, nor a
   * read that waits for it: until it has ended there is no second one, and who asks does not wait.
   */
  @Override
  public Optional<String> hindrance() {
    Look look = look();
    try {
      long patience = longestLook.minus(look.lasts()).toNanos();
      return look.seen.get(patience, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      String waits =
          "sudo has not answered for " + look.lasts().toSeconds() + " s whether it would";
      return Optional.of(waits + ": see what it waits for, such as a directory of users");
    } catch (ExecutionException e) {
      return Optional.of("sudo could not be asked: " + Printable.of(String.valueOf(e.getCause())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("sudo was not asked to the end: interrupted");
    }
  }

  private synchronized Look look() {
    if (latest != null && !latest.seen.isDone()) {
      return latest;
    }
    Look next = new Look(new CompletableFuture<>(), System.nanoTime());
    Thread.ofPlatform().daemon().name("asks sudo").start(() -> ask(next.seen));
    latest = next;
    return next;
  }

  private void ask(CompletableFuture<Optional<String>> seen) {
    try {
      seen.complete(whySudoWouldNot());
    } catch (IOException | RuntimeException | Error e) {
      seen.completeExceptionally(e);
    }
  }

  private Optional<String> whySudoWouldNot() throws IOException {
    List<String> ask = new ArrayList<>(command);
    ask.addAll(ask.size() - 1, List.of("-l", "--"));
    Process process = new ProcessBuilder(ask).start();
    process.getOutputStream().close();
    String words = words(process);
    return process.onExit().join().exitValue() == 0
        ? Optional.empty()
        : Optional.of(
            String.join(" ", command) + " is not allowed: install the sudoers line. " + words);
  }

  private static String words(Process process) {
    try {
      byte[] said = process.getErrorStream().readNBytes(MOST_WORDS);
      return Printable.of(new String(said, UTF_8).strip());
    } catch (IOException e) {
      return Printable.of(e.toString());
    }
  }
}
