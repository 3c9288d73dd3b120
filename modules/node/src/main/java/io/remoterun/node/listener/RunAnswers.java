package io.remoterun.node.listener;

import io.remoterun.node.agent.Attached;
import io.remoterun.protocol.cfengine.Answer;
import io.remoterun.protocol.cfengine.Refusal;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What the protocol says of a run. */
final class RunAnswers {
  /** How often a peer that waits for another run hears that it does. */
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);

  private RunAnswers() {}

  /**
   * The whole answer, as fast as it is taken.
   *
   * @param over called, by the log's own thread, when the log has been read to its end
   * @param refused the same, where no agent was started because that is not allowed now: why
   */
  static Flux<Answer> of(Attached run, Runnable over, Consumer<String> refused) {
    return Mono.fromFuture(run.problem(), true)
        .flatMapMany(
            problem ->
                problem
                    .map(
                        reason -> Flux.fromIterable(refusal(Kind.AGENT, reason)).doOnComplete(over))
                    .orElseGet(() -> ofLog(run, over, refused)));
  }

  private static Flux<Answer> ofLog(Attached run, Runnable over, Consumer<String> refused) {
    Flux<Answer> answers =
        run.log()
            .events()
            .doOnNext(event -> refusalIn(event).ifPresent(refused))
            .doOnComplete(over)
            .concatMapIterable(RunAnswers::ofEvent);
    return run.awaited().map(other -> whileWaiting(run, other, answers)).orElse(answers);
  }

  /** A peer may have little patience until it hears something. */
  private static Flux<Answer> whileWaiting(Attached run, String other, Flux<Answer> answers) {
    Sinks.Empty<Void> begun = Sinks.empty();
    Answer words = new Answer.Sentence("run " + run.id() + " waits for the end of " + other + "\n");
    return Flux.merge(
        Flux.interval(Duration.ZERO, SIGN_OF_LIFE)
            .onBackpressureDrop()
            .map(tick -> words)
            .takeUntilOther(begun.asMono()),
        answers.doOnNext(first -> begun.tryEmitEmpty()));
  }

  /** The agent is disabled, say, or the helper does not allow what this node does, or is busy. */
  private static Optional<String> refusalIn(RunEvent event) {
    return event instanceof RunEvent.Failed(_, RunFailure(Kind kind, _, String reason))
            && (kind == Kind.REFUSED || kind == Kind.OVERLOADED)
        ? Optional.of(reason)
        : Optional.empty();
  }

  private static List<Answer> ofEvent(RunEvent event) {
    return switch (event) {
      case RunEvent.Started started -> List.of(new Answer.Start(started.command()));
      case RunEvent.Output output -> List.of(new Answer.Output(output.bytes()));
      case RunEvent.Gap gap -> List.of(new Answer.Gap(gap.bytes()));
      case RunEvent.Heartbeat _ -> List.of();
      case RunEvent.Finished(_, ExitStatus.Code(int code)) ->
          List.of(new Answer.Exit(code), new Answer.End());
      // The code is for cf-runagent, which ends with 255 when there is none.
      case RunEvent.Finished(_, ExitStatus.Killed(int signal)) ->
          List.of(new Answer.Killed(signal), new Answer.Exit(128 + signal), new Answer.End());
      case RunEvent.Finished(_, ExitStatus.NotReported()) -> List.of(new Answer.End());
      case RunEvent.Failed(_, RunFailure(Kind kind, _, String reason)) when kind == Kind.STOPPED ->
          List.of(new Answer.Stopped(reason), new Answer.End());
      case RunEvent.Failed(_, RunFailure(Kind kind, _, String reason))
          when kind == Kind.UNCONFIRMED || kind == Kind.INTERRUPTED ->
          List.of(new Answer.NotStopped(reason), new Answer.End());
      case RunEvent.Failed(_, RunFailure failure) -> refusal(failure.kind(), failure.reason());
    };
  }

  static List<Answer> refusal(Kind kind, String reason) {
    return List.of(new Answer.Sentence(Refusal.sentence(kind, reason)), new Answer.End());
  }
}
