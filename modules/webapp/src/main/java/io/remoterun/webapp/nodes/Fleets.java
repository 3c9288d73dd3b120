package io.remoterun.webapp.nodes;

import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Knows the fleet as it is now. Thread-safe; nothing here blocks. */
public final class Fleets {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private final FleetFiles files;
  private final Groups groups;
  private volatile Known known = new Known(List.of(), List.of(), new Fleet(List.of(), List.of()));

  /**
   * @param nodesList the root server's node list
   * @param properties what else is known of nodes, see {@link NodeProperties}
   */
  public Fleets(Path nodesList, Optional<Path> properties, Groups groups) {
    this.files = new FleetFiles(nodesList, properties);
    this.groups = groups;
  }

  private record Known(List<Node> nodes, List<Group> groups, Fleet fleet) {}

  /** Fails with {@link UnreadableFleet} when a file cannot be used. */
  public Mono<Fleet> current() {
    Mono<List<Node>> nodes =
        Mono.fromCallable(files::read)
            .subscribeOn(Schedulers.boundedElastic())
            .onErrorMap(IOException.class, Fleets::unreadable);
    return nodes.zipWith(groups.all(), this::fleet);
  }

  /** The one from before while nothing has changed: it has worked out its groups' members. */
  private Fleet fleet(List<Node> nodes, List<Group> saved) {
    Known before = known;
    if (before.nodes().equals(nodes) && before.groups().equals(saved)) {
      return before.fleet();
    }
    Fleet fleet = new Fleet(nodes, saved);
    known = new Known(nodes, List.copyOf(saved), fleet);
    return fleet;
  }

  private static UnreadableFleet unreadable(IOException e) {
    UnreadableFleet unreadable =
        new UnreadableFleet("webapp: cannot read the node list: " + Printable.of(e.toString()), e);
    log.error(unreadable.getMessage());
    return unreadable;
  }
}
