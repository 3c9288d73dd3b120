package io.remoterun.webapp.nodes;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import reactor.core.publisher.Mono;

/** Keeps groups for as long as the process lives. */
public final class MemoryGroups implements Groups {
  private final ConcurrentSkipListMap<String, Group> groups = new ConcurrentSkipListMap<>();

  @Override
  public Mono<List<Group>> all() {
    return Mono.fromSupplier(() -> List.copyOf(groups.values()));
  }

  @Override
  public Mono<Void> save(Group group) {
    return Mono.fromRunnable(() -> groups.put(group.name(), group));
  }

  @Override
  public Mono<Boolean> remove(String name) {
    return Mono.fromSupplier(() -> groups.remove(name) != null);
  }
}
