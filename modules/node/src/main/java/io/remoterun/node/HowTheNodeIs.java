package io.remoterun.node;

import io.remoterun.node.agent.RunBook;
import io.remoterun.node.listener.NodeListener;
import io.remoterun.node.schedule.Problem;
import io.remoterun.node.schedule.Schedule;
import io.remoterun.node.status.NodeStatus;
import io.remoterun.protocol.BuildVersion;
import io.remoterun.protocol.run.Condition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Puts together what the parts of a node say about themselves. Thread-safe. */
record HowTheNodeIs(
    NodeProperties properties,
    Instant since,
    RunBook book,
    NodeListener listener,
    Schedule schedule)
    implements Supplier<NodeStatus> {

  @Override
  public NodeStatus get() {
    Path disableFile = properties.agent().disableFile();
    return new NodeStatus(
        properties.nodeId().value(),
        BuildVersion.full(),
        since,
        InstantSource.system().instant(),
        Files.exists(disableFile) ? disableFile.toString() : null,
        listener.connections(),
        book.running().stream().map(HowTheNodeIs::run).toList(),
        book.waiting().stream().map(HowTheNodeIs::run).toList(),
        book.ended().stream().map(this::ended).toList(),
        plan());
  }

  private static NodeStatus.Run run(RunBook.Entry run) {
    return new NodeStatus.Run(
        run.id().toString(),
        run.job(),
        run.conditions().stream().map(Condition::value).toList(),
        run.askedBy(),
        run.since());
  }

  private NodeStatus.Ended ended(RunBook.Ended ended) {
    return new NodeStatus.Ended(
        run(ended.run()),
        schedule.runsAgent(ended.run().job()),
        ended.took().toMillis(),
        ended.failed(),
        ended.end());
  }

  private NodeStatus.Schedule plan() {
    return new NodeStatus.Schedule(
        properties.schedule().enabled(),
        schedule.entries().stream()
            .map(
                it ->
                    new NodeStatus.Section(
                        it.name(), it.command(), it.next(), it.last().orElse(null)))
            .toList(),
        schedule.problems().stream().map(Problem::toString).toList());
  }
}
