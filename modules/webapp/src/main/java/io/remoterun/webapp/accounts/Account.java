package io.remoterun.webapp.accounts;

import org.springframework.security.core.AuthenticatedPrincipal;

/**
 * Who is at the other end, proved, as it was when the request came. A handler gets it as
 * {@code @AuthenticationPrincipal Account}.
 *
 * @param name as logs, runs and the audit log have it
 */
public record Account(String name, Grants grants) implements AuthenticatedPrincipal {
  /** The holder of the system token; nobody else can be called so. */
  public static final String SYSTEM = "system";

  @Override
  public String getName() {
    return name;
  }
}
