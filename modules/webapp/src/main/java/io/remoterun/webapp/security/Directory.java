package io.remoterun.webapp.security;

import io.remoterun.webapp.accounts.Grants;
import reactor.core.publisher.Mono;

/** Knows people and their passwords, elsewhere. */
interface Directory {
  /** Nobody. */
  Directory NONE = (name, password) -> Mono.empty();

  /**
   * Empty when there is nobody of that name, it has another password, or no right here; and when
   * nobody can be asked, which is logged.
   */
  Mono<Person> find(String name, String password);

  /**
   * @param grants that follow from the groups it is in
   */
  record Person(String name, Grants grants) {}
}
