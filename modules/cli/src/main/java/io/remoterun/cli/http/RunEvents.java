package io.remoterun.cli.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Failure;
import io.remoterun.protocol.log.MalformedEventException;
import io.remoterun.protocol.log.RunEventDecoder;
import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.log.Seen;
import io.remoterun.protocol.run.RunEvent;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The events of a run from the first one on, each once, also when the connection is lost in
 * between. A thread of its own reads; it waits when what it has read is not taken.
 */
public final class RunEvents implements AutoCloseable {
  private static final int MOST_WAITING = 1000;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

  private final Webapp webapp;
  private final String run;
  private final Duration patience;
  private final BlockingQueue<Heard> heard = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Thread reader;
  private volatile @Nullable InputStream connection;
  private final Seen seen = new Seen();
  private long last;

  /** How many were heard, also such as say that nothing happens. */
  private long lines;

  /**
   * @param patience how long to try to get a connection again
   */
  public RunEvents(Webapp webapp, String run, Duration patience) {
    this.webapp = webapp;
    this.run = run;
    this.patience = patience;
    this.reader = Thread.ofVirtual().name("events").start(this::read);
  }

  /** The next one; {@code null} when there is none for so long. */
  public @Nullable Heard next(Duration wait) {
    try {
      return heard.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted");
    }
  }

  /**
   * Gives the connection up, on which nothing comes, not even that nothing happens; another is
   * made.
   */
  public void hangUp() {
    InputStream open = connection;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // It is lost all the same.
      }
    }
  }

  private void read() {
    try {
      long lostSince = 0;
      Duration pause = FIRST_PAUSE;
      while (true) {
        long before = lines;
        String why = readUntilLost(lostSince != 0);
        if (why == null) {
          return;
        }
        long now = System.nanoTime();
        if (lostSince == 0 || lines > before) {
          lostSince = now;
          pause = FIRST_PAUSE;
          heard.put(new Heard.Lost(why));
        } else if (now - lostSince > patience.toNanos()) {
          heard.put(new Heard.GivenUp(why));
          return;
        }
        Thread.sleep(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
    } catch (InterruptedException e) {
      // It was closed.
    }
  }

  /** Why it was lost; {@code null} when all has been read or cannot be. */
  private @Nullable String readUntilLost(boolean wasLost) throws InterruptedException {
    try (InputStream in = webapp.events(run, last)) {
      connection = in;
      LineReader reading = new LineReader(in);
      if (wasLost) {
        heard.put(new Heard.Back());
      }
      for (byte[] line = reading.next(); line != null; line = reading.next()) {
        lines++;
        Optional<Heard> it = heard(line);
        if (it.isPresent()) {
          heard.put(it.get());
        }
        if (it.isPresent() && it.get() instanceof Heard.End) {
          return null;
        }
      }
      return "it ended in the middle of the run";
    } catch (IOException e) {
      return webapp.words(e);
    } catch (Failure | MalformedEventException e) {
      heard.put(new Heard.GivenUp(String.valueOf(e.getMessage())));
      return null;
    } finally {
      connection = null;
    }
  }

  /** Empty when it says nothing that was not heard before. */
  private Optional<Heard> heard(byte[] line) {
    List<RunLog.Entry> entries = new RunEventDecoder().feed(line);
    String text = new String(line, UTF_8);
    if (entries.isEmpty()) {
      return Optional.of(
          isSummary(text) ? new Heard.End(text) : new Heard.Line(text, Optional.empty()));
    }
    RunLog.Entry entry = entries.getFirst();
    last = Math.max(last, entry.sequence());
    RunEvent event = entry.event();
    return Optional.ofNullable(seen.unseen(event))
        .map(
            news ->
                new Heard.Line(
                    news.equals(event) ? text : encoded(entry.sequence(), news),
                    Optional.of(news)));
  }

  private static String encoded(long sequence, RunEvent event) {
    return new String(RunEventStream.encode(new RunLog.Entry(sequence, event)), UTF_8);
  }

  private static boolean isSummary(String line) {
    try {
      return Webapp.JSON.readTree(line).path("event").asString("").equals("summary");
    } catch (JacksonException e) {
      return false;
    }
  }

  @Override
  public void close() {
    reader.interrupt();
    hangUp();
  }
}
