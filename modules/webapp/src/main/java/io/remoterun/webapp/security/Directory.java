package io.remoterun.webapp.security;

import io.remoterun.webapp.accounts.Grants;
import reactor.core.publisher.Mono;

/** Knows people and their passwords, elsewhere. */
interface Directory {
  /** Nobody. */
  Directory NONE = (name, password) -> Mono.empty();

  /**
   * Empty when there is nobody of that name, it has another password, or no right here. Fails with
   * {@link org.springframework.security.authentication.AuthenticationServiceException} when it
   * cannot be asked.
   */
  Mono<Person> find(String name, String password);

  /**
   * @param grants that follow from the groups it is in
   */
  record Person(String name, Grants grants) {}
}
