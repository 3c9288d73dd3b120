package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;
import reactor.core.publisher.Flux;

/**
 * The events of one run, appended by one writer, read by any number of readers, each at its own
 * pace, from the sequence number that it asks for.
 */
public interface RunLog {

  /** An event and its number; the first is 1. */
  record Entry(long sequence, RunEvent event) {}

  /** Appends. Never waits for a reader. */
  void append(RunEvent event);

  /** Nothing more comes: readers that have read all are told so. */
  void close();

  /** What is there from {@code sequence} on, then what comes, until the log is closed. */
  Flux<Entry> read(long sequence);
}
