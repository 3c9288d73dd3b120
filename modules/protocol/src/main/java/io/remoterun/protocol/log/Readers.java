package io.remoterun.protocol.log;

import io.remoterun.protocol.log.RunLog.Entry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** Those who read a log and have not ended. Thread-safe. */
final class Readers {
  private final List<RunLogReader> readers = new CopyOnWriteArrayList<>();

  /**
   * @param source of each reader, which asks it on one thread at a time
   * @param scheduler runs the readers
   */
  Flux<Entry> read(Supplier<LogSource> source, Scheduler scheduler, long sequence) {
    return Flux.from(
        subscriber -> {
          RunLogReader reader =
              new RunLogReader(source.get(), this, scheduler, subscriber, sequence);
          readers.add(reader);
          subscriber.onSubscribe(reader);
          reader.start();
        });
  }

  void wake() {
    readers.forEach(RunLogReader::wake);
  }

  void forget(RunLogReader reader) {
    readers.remove(reader);
  }

  int size() {
    return readers.size();
  }
}
