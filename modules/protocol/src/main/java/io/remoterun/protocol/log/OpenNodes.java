package io.remoterun.protocol.log;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import reactor.core.publisher.Flux;

/**
 * The nodes of one request whose terminal event has not come yet; holds another hop to the order of
 * events that {@link RunEvent} promises. Not thread-safe.
 */
final class OpenNodes {
  private final Set<NodeId> open;
  private final Set<NodeId> started = new HashSet<>();
  private final String source;
  private final Logger log;
  private boolean complained;

  OpenNodes(Collection<NodeId> expected, String source, Logger log) {
    this.open = new LinkedHashSet<>(expected);
    this.source = source;
    this.log = log;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Whether the event may come now; if so it is taken note of. */
  boolean admits(RunEvent event) {
    boolean inOrder =
        open.contains(event.node())
            && !(event instanceof RunEvent.Started && !started.add(event.node()));
    if (event.isTerminal()) {
      open.remove(event.node());
    }
    if (!inOrder && !(event instanceof RunEvent.Heartbeat)) {
      complain(event);
    }
    return inOrder;
  }

  /** Once for a request: a hop that is wrong once is wrong often. */
  private void complain(RunEvent event) {
    if (!complained) {
      complained = true;
      log.warn(
          "{} sent '{}' for node {}, which it was not asked for or which had ended: dropped, and so"
              + " is any more of that kind",
          source,
          event.getClass().getSimpleName(),
          event.node());
    }
  }

  /** A failure for each of them, after which there is none. */
  Flux<RunEvent> fail(RunFailure failure) {
    List<NodeId> failed = List.copyOf(open);
    open.clear();
    return Flux.fromIterable(failed).map(node -> new RunEvent.Failed(node, failure));
  }
}
