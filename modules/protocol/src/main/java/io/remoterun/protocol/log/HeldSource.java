package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.scheduler.Scheduler;

/** Appends the events of a source to a log, and asks for more only while that keeps up. */
final class HeldSource extends BaseSubscriber<RunEvent> {
  private final RunLog log;
  private final BooleanSupplier isBehind;
  private final Scheduler scheduler;
  private final AtomicBoolean held = new AtomicBoolean();

  /**
   * @param scheduler on which the source is asked to go on
   */
  HeldSource(RunLog log, BooleanSupplier isBehind, Scheduler scheduler) {
    this.scheduler = scheduler;
    this.log = log;
    this.isBehind = isBehind;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    request(1);
  }

  @Override
  protected void hookOnNext(RunEvent event) {
    log.append(event);
    if (isBehind.getAsBoolean()) {
      held.set(true);
      goOn();
    } else {
      request(1);
    }
  }

  /** To be called when the log may have caught up. */
  void goOn() {
    if (held.get() && !isBehind.getAsBoolean() && held.getAndSet(false)) {
      scheduler.schedule(() -> request(1));
    }
  }

  @Override
  protected void hookOnComplete() {
    log.close();
  }

  @Override
  protected void hookOnError(Throwable error) {
    LoggerFactory.getLogger(RunLog.class).error("A run was ended by a defect", error);
    log.close();
  }
}
