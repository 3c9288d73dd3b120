package io.remoterun.webapp.security;

import static io.remoterun.webapp.accounts.Right.ADMIN;
import static io.remoterun.webapp.accounts.Right.RUN_CANCEL;
import static io.remoterun.webapp.accounts.Right.RUN_READ;
import static io.remoterun.webapp.accounts.Right.RUN_TRIGGER;
import static io.remoterun.webapp.accounts.Right.STATUS_READ;
import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;

import io.remoterun.webapp.accounts.Right;
import java.util.List;

/** Every path that there is, and who it is for. One that is not here does not exist. */
final class Rules {
  private static final Rule.Who ANYBODY = new Rule.Anybody();
  private static final Rule.Who SIGNED_IN = new Rule.SignedIn();

  /** In this order: the first one that fits counts. */
  static final List<Rule> ALL =
      List.of(
          Rule.page(GET, "/login", ANYBODY),
          Rule.page(GET, "/login/options.json", ANYBODY),
          Rule.page(GET, "/assets/**", ANYBODY),
          Rule.page(GET, "/health/live", ANYBODY),
          Rule.page(GET, "/health/ready", ANYBODY),
          Rule.page(GET, "/", SIGNED_IN),
          Rule.page(GET, "/advice.json", SIGNED_IN),
          Rule.page(GET, "/api-docs", SIGNED_IN),
          Rule.page(GET, "/api-docs/*", SIGNED_IN),
          Rule.api(GET, "openapi.json", Right.values()),
          Rule.page(GET, "/account.json", SIGNED_IN),
          Rule.api(GET, "nodes", Right.values()),
          Rule.api(POST, "nodes/applyPolicy", RUN_TRIGGER),
          Rule.api(POST, "nodes/{id}/applyPolicy", RUN_TRIGGER),
          Rule.api(POST, "nodes/{id}/check", RUN_TRIGGER),
          Rule.api(GET, "remote-runs", RUN_READ),
          Rule.api(POST, "remote-runs", RUN_TRIGGER),
          Rule.api(GET, "remote-runs/{id}", RUN_READ),
          Rule.api(DELETE, "remote-runs/{id}", RUN_CANCEL),
          Rule.api(POST, "remote-runs/{id}/retry", RUN_TRIGGER),
          Rule.api(GET, "remote-runs/{id}/events", RUN_READ),
          Rule.api(GET, "remote-runs/{id}/nodes/{node}/output", RUN_READ),
          Rule.api(GET, "remote-run-groups", RUN_READ, RUN_TRIGGER),
          Rule.api(GET, "remote-run-account", Right.values()),
          Rule.api(GET, "remote-run-accounts", ADMIN),
          Rule.api(POST, "remote-run-accounts", ADMIN),
          Rule.api(GET, "remote-run-accounts/{name}", ADMIN),
          Rule.api(PUT, "remote-run-accounts/{name}", ADMIN),
          Rule.api(DELETE, "remote-run-accounts/{name}", ADMIN),
          Rule.api(POST, "remote-run-accounts/{name}/tokens", ADMIN),
          Rule.api(DELETE, "remote-run-accounts/{name}/tokens/{id}", ADMIN),
          Rule.api(GET, "remote-run-audit", ADMIN),
          Rule.api(GET, "remote-run-audit/export", ADMIN),
          Rule.api(GET, "remote-run-audit/verify", ADMIN),
          Rule.api(GET, "remote-run-metrics", STATUS_READ),
          Rule.api(GET, "remote-run-health", STATUS_READ),
          Rule.api(PUT, "remote-run-groups/{name}", ADMIN),
          Rule.api(DELETE, "remote-run-groups/{name}", ADMIN));

  private Rules() {}
}
