package io.remoterun.webapp.nodes;

import java.util.List;
import reactor.core.publisher.Mono;

/** The groups that somebody has saved. Thread-safe; nothing here blocks. */
public interface Groups {
  /** By their names. */
  Mono<List<Group>> all();

  /** Instead of the one of this name, if there is one. */
  Mono<Void> save(Group group);

  /** Tells whether there was one. */
  Mono<Boolean> remove(String name);
}
