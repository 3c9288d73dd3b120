package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The events of one run, appended by one writer, read by any number of readers, each at its own
 * pace, from the sequence number that it asks for.
 *
 * <p>A log may have a bound. Then it drops output, never anything else, and where it is missing
 * each reader gets a {@link RunEvent.Gap} that says how much of it this reader has not seen.
 */
public interface RunLog {

  /** An event and its number; the first is 1. Numbers grow, with holes where output was dropped. */
  record Entry(long sequence, RunEvent event) {}

  /**
   * Appends; of a gap only what the log does not have as output, and output of more than 128 KiB in
   * pieces, so that each entry is one line of {@link RunEventStream}. Never waits for a reader, and
   * never runs a reader's code. Heartbeats are not kept: that nothing happened is no event, and
   * whoever reads to serve another hop makes its own.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  void append(RunEvent event);

  /** Nothing more comes: readers that have read all are told so. Closing again does nothing. */
  void close();

  /**
   * The end of its life: gives free what it keeps, wherever that is. Closes it if it is open;
   * readers that have not read all fail. Discarding again does nothing. What records into it is to
   * be disposed of before.
   *
   * @return when it is done; it begins at once, whoever waits for it
   */
  Mono<Void> discard();

  /**
   * What is there from {@code sequence} on, then what comes, until the log is closed; as many
   * events as the reader asks for. Each subscriber is a reader of its own. Cancelling frees it.
   *
   * <p>Who begins after the first event is told of a gap as a whole, also where it covers output
   * from before that event: whoever has seen some of that keeps a {@link Seen} and takes it off.
   */
  Flux<Entry> read(long sequence);

  /** Whether somebody reads and has not come to the end. */
  boolean isRead();

  /**
   * Subscribes to the events of a run, appends them as they come, and closes the log when they end.
   * The run is then independent of its readers. Disposing of what is returned cancels the run and
   * leaves the log open.
   *
   * @param events never fails; if it does, which is a defect, the log is closed and the error
   *     logged
   */
  default Disposable record(Flux<RunEvent> events) {
    return events.subscribe(
        this::append,
        error -> {
          LoggerFactory.getLogger(RunLog.class).error("A run was ended by a defect", error);
          close();
        },
        this::close);
  }

  /** All events from the first on. */
  default Flux<RunEvent> events() {
    return read(1).map(Entry::event);
  }
}
