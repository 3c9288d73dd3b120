package io.remoterun.node.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Has the agent started by a helper that is root. The helper decides by itself what is executed:
 * from here it hears a job's name, a run id and conditions.
 */
public final class HelperLauncher implements AgentLauncher {
  /** Its Java has to start; it waits for nothing else. */
  private static final Duration ANSWER = Duration.ofSeconds(30);

  /** What the helper takes. */
  private static final int MOST_BYTES = 8 * 1024;

  private static final int MOST_ASKED_BY = 256;

  /**
   * Helpers that were asked and have not answered: nothing ends a sudo that hangs, nor the thread
   * that listens to it. The helper's socket has as many places.
   */
  static final int MOST_UNANSWERED = 16;

  private final HelperLine.Door door;
  private final Duration answer;
  private final ThreadFactory threads;
  private final AtomicInteger asking = new AtomicInteger();

  public static HelperLauncher atSocket(Path socket) {
    return new HelperLauncher(new HelperSocketDoor(socket), ANSWER);
  }

  /**
   * @param command sudo and its options, and the helper, which gets no arguments
   */
  public static HelperLauncher bySudo(List<String> command) {
    return new HelperLauncher(new HelperSudoDoor(command), ANSWER);
  }

  HelperLauncher(HelperLine.Door door, Duration answer) {
    this(door, answer, Thread.ofPlatform().daemon().name("asks the helper").factory());
  }

  HelperLauncher(HelperLine.Door door, Duration answer, ThreadFactory threads) {
    this.door = door;
    this.answer = answer;
    this.threads = threads;
  }

  @Override
  public Optional<String> hindrance() {
    return door.hindrance().map(why -> "no agent can be started now: " + why);
  }

  @Override
  public LaunchedAgent launch(LaunchRequest request) throws IOException {
    byte[] bytes = bytes(request);
    if (asking.get() >= MOST_UNANSWERED) {
      String reason = MOST_UNANSWERED + " helpers that were asked have not answered";
      throw new LaunchFailure(Kind.OVERLOADED, reason + ": see what they, or sudo, wait for");
    }
    HelperLine line = door.open();
    try {
      return started(line, first(line, bytes));
    } catch (IOException | RuntimeException | Error e) {
      line.close();
      throw e;
    }
  }

  /** As {@code HelperRequest} of the helper reads it, which believes nothing of it. */
  private static byte[] bytes(LaunchRequest request) throws LaunchFailure {
    String conditions =
        request.conditions().stream().map(Condition::value).collect(Collectors.joining(","));
    String askedBy = request.askedBy().replaceAll("[^ !#-~]", "?");
    String text =
        String.join(
            "\n",
            "remote-run 1",
            request.job(),
            request.id().toString(),
            conditions,
            askedBy.substring(0, Math.min(askedBy.length(), MOST_ASKED_BY)),
            "");
    byte[] body = text.getBytes(US_ASCII);
    if (body.length > MOST_BYTES) {
      String reason = "the helper cannot be asked for more conditions than fit into ";
      throw new LaunchFailure(Kind.REFUSED, reason + MOST_BYTES + " bytes");
    }
    return ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).array();
  }

  /** On a platform thread: neither pipes nor Unix sockets have reads with a deadline. */
  private HelperAnswer first(HelperLine line, byte[] request) throws IOException {
    CompletableFuture<HelperAnswer> first = new CompletableFuture<>();
    threads.newThread(() -> ask(line, request, first)).start();
    try {
      return first.get(answer.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // It has the request, perhaps, and may serve it late.
      String reason =
          "the helper has not answered for "
              + answer.toSeconds()
              + " s: whether the agent was started is not known";
      throw new LaunchFailure(Kind.UNCONFIRMED, reason);
    } catch (ExecutionException e) {
      String reason =
          e.getCause() instanceof EOFException
              ? "the helper has ended without an answer: " + line.lastWords()
              : "the helper has not answered: " + Printable.of(String.valueOf(e.getCause()));
      throw new LaunchFailure(Kind.AGENT, reason);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaunchFailure(Kind.INTERNAL, "interrupted");
    }
  }

  private void ask(HelperLine line, byte[] request, CompletableFuture<HelperAnswer> answer) {
    asking.incrementAndGet();
    try {
      send(line, request);
      answer.complete(HelperAnswer.read(line.in()));
    } catch (IOException | RuntimeException | Error e) {
      answer.completeExceptionally(e);
    } finally {
      asking.decrementAndGet();
    }
  }

  private static void send(HelperLine line, byte[] request) {
    try {
      line.out().write(request);
      line.out().flush();
    } catch (IOException e) {
      // It did not want to hear it all: its answer, or its end without one, says why.
    }
  }

  private static LaunchedAgent started(HelperLine line, HelperAnswer first) throws LaunchFailure {
    return switch (first) {
      case HelperAnswer.Started started -> new HelperAgent(line, started);
      case HelperAnswer.Refused(String reason) ->
          throw new LaunchFailure(Kind.REFUSED, "the helper refuses: " + Printable.of(reason));
      case HelperAnswer.Busy(String reason) ->
          throw new LaunchFailure(Kind.OVERLOADED, "the helper is busy: " + Printable.of(reason));
      case HelperAnswer.NotStarted(String reason) ->
          throw new LaunchFailure(Kind.AGENT, Printable.of(reason));
      case HelperAnswer.Output _, HelperAnswer.Ended _ ->
          throw new LaunchFailure(Kind.AGENT, "the helper does not speak this node's language");
    };
  }
}
