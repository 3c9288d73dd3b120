package io.remoterun.webapp.security;

import io.remoterun.webapp.accounts.Busy;
import io.remoterun.webapp.accounts.Grants;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.ldap.DefaultSpringSecurityContextSource;
import org.springframework.security.ldap.authentication.BindAuthenticator;
import org.springframework.security.ldap.authentication.LdapAuthenticationProvider;
import org.springframework.security.ldap.search.FilterBasedLdapUserSearch;
import org.springframework.security.ldap.userdetails.DefaultLdapAuthoritiesPopulator;
import reactor.core.publisher.Mono;

/**
 * Asks a directory, by binding as the person. It blocks, so that each question has a virtual thread
 * of its own; connections and answers have a time limit. No more than {@value #MOST_AT_ONCE} are
 * asked at once: more fail with {@link Busy}, as a directory that is slow would else hold whatever
 * strangers ask for.
 */
final class LdapDirectory implements Directory {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private static final int MOST_AT_ONCE = 50;

  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private final LdapAuthenticationProvider provider;
  private final List<GroupRights> rights;
  private final Executor threads = task -> Thread.ofVirtual().name("ldap").start(task);

  private LdapDirectory(LdapAuthenticationProvider provider, List<GroupRights> rights) {
    this.provider = provider;
    this.rights = rights;
  }

  /**
   * Asks nobody yet.
   *
   * @throws IOException when the manager's password cannot be read
   */
  static LdapDirectory of(LdapSettings settings) throws IOException {
    DefaultSpringSecurityContextSource source = source(settings);
    BindAuthenticator authenticator = new BindAuthenticator(source);
    if (settings.userDnPattern().isEmpty()) {
      authenticator.setUserSearch(
          new FilterBasedLdapUserSearch(
              settings.userSearchBase(), settings.userSearchFilter(), source));
    } else {
      authenticator.setUserDnPatterns(new String[] {settings.userDnPattern()});
    }
    DefaultLdapAuthoritiesPopulator groups =
        new DefaultLdapAuthoritiesPopulator(source, settings.groupSearchBase());
    groups.setGroupSearchFilter(settings.groupSearchFilter());
    groups.setSearchSubtree(true);
    groups.setRolePrefix("");
    groups.setConvertToUpperCase(false);
    return new LdapDirectory(
        new LdapAuthenticationProvider(authenticator, groups), settings.rights());
  }

  private static DefaultSpringSecurityContextSource source(LdapSettings settings)
      throws IOException {
    DefaultSpringSecurityContextSource source =
        new DefaultSpringSecurityContextSource(settings.url());
    if (!settings.managerDn().isEmpty()) {
      source.setUserDn(settings.managerDn());
      source.setPassword(SecretFile.read(settings.managerPasswordFile()));
    }
    String millis = Long.toString(settings.timeout().toMillis());
    source.setBaseEnvironmentProperties(
        Map.of(
            "com.sun.jndi.ldap.connect.timeout", millis, "com.sun.jndi.ldap.read.timeout", millis));
    source.afterPropertiesSet();
    return source;
  }

  @Override
  public Mono<Person> find(String name, String password) {
    return Mono.justOrEmpty(PersonName.of(name))
        .filter(valid -> !password.isEmpty())
        .flatMap(valid -> Mono.fromFuture(() -> question(valid, password)))
        .flatMap(Mono::justOrEmpty);
  }

  private CompletableFuture<Optional<Person>> question(String name, String password) {
    if (!places.tryAcquire()) {
      throw new Busy("webapp: the directory is asked for too many people, try again soon");
    }
    // Also when nobody waits for the answer any more, the place is free only when it is there.
    return CompletableFuture.supplyAsync(() -> ask(name, password), threads)
        .whenComplete((person, error) -> places.release());
  }

  private Optional<Person> ask(String name, String password) {
    try {
      Authentication known =
          provider.authenticate(
              UsernamePasswordAuthenticationToken.unauthenticated(name, password));
      return Optional.ofNullable(known).flatMap(found -> person(name, found));
    } catch (AuthenticationException e) {
      log.warn("the directory does not let {} in: {}", name, e.getMessage());
      return Optional.empty();
    } catch (RuntimeException e) {
      log.error("the directory cannot be asked: {}", e.toString());
      return Optional.empty();
    }
  }

  private Optional<Person> person(String name, Authentication known) {
    List<String> groups =
        known.getAuthorities().stream().map(GrantedAuthority::getAuthority).toList();
    Grants grants = GroupRights.of(groups, rights);
    if (grants.scopes().isEmpty()) {
      log.warn("{} has no right here: none of its groups in the directory is configured", name);
      return Optional.empty();
    }
    return Optional.of(new Person(name, grants));
  }
}
