package io.remoterun.operations.followers;

import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;

/** Who follows runs now: one for each answer that is being written. Thread-safe. */
public final class Followers {
  private final AtomicInteger count = new AtomicInteger();

  /** The same answer, counted as long as somebody reads it. */
  public <T> Flux<T> counted(Flux<T> answer) {
    return answer.doFirst(count::incrementAndGet).doFinally(signal -> count.decrementAndGet());
  }

  public int count() {
    return count.get();
  }
}
