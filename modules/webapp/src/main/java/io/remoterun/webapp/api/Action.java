package io.remoterun.webapp.api;

import java.util.List;
import java.util.regex.Pattern;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;

/**
 * What an envelope calls the thing that a request is about, by its path: an error can come before
 * any handler.
 */
final class Action {
  private record Path(HttpMethod method, Pattern path, String action) {}

  private static final List<Path> ALL =
      List.of(
          path(HttpMethod.POST, "nodes/applyPolicy", "applyPolicyAllNodes"),
          path(HttpMethod.POST, "nodes/[^/]+/applyPolicy", "applyPolicy"),
          path(HttpMethod.POST, "nodes/[^/]+/check", "checkNode"),
          path(HttpMethod.GET, "nodes", "listAcceptedNodes"),
          path(HttpMethod.GET, "remote-runs", "listRemoteRuns"),
          path(HttpMethod.POST, "remote-runs", "startRemoteRun"),
          path(HttpMethod.GET, "remote-runs/[^/]+", "remoteRun"),
          path(HttpMethod.DELETE, "remote-runs/[^/]+", "cancelRemoteRun"),
          path(HttpMethod.POST, "remote-runs/[^/]+/retry", "retryRemoteRun"),
          path(HttpMethod.GET, "remote-runs/[^/]+/events", "remoteRunEvents"),
          path(HttpMethod.GET, "remote-runs/[^/]+/nodes/[^/]+/output", "remoteRunOutput"),
          path(HttpMethod.GET, "remote-run-groups", "listRemoteRunGroups"),
          path(HttpMethod.PUT, "remote-run-groups/[^/]+", "saveRemoteRunGroup"),
          path(HttpMethod.DELETE, "remote-run-groups/[^/]+", "deleteRemoteRunGroup"),
          path(HttpMethod.GET, "remote-run-account", "getOwnAccount"),
          path(HttpMethod.GET, "remote-run-accounts", "listAccounts"),
          path(HttpMethod.POST, "remote-run-accounts", "createAccount"),
          path(HttpMethod.GET, "remote-run-accounts/[^/]+", "getAccount"),
          path(HttpMethod.PUT, "remote-run-accounts/[^/]+", "updateAccount"),
          path(HttpMethod.DELETE, "remote-run-accounts/[^/]+", "deleteAccount"),
          path(HttpMethod.POST, "remote-run-accounts/[^/]+/tokens", "createToken"),
          path(HttpMethod.DELETE, "remote-run-accounts/[^/]+/tokens/[^/]+", "deleteToken"),
          path(HttpMethod.GET, "remote-run-audit", "listAudit"),
          path(HttpMethod.GET, "remote-run-audit/export", "exportAudit"),
          path(HttpMethod.GET, "remote-run-audit/verify", "verifyAudit"));

  private Action() {}

  private static Path path(HttpMethod method, String path, String action) {
    return new Path(method, Pattern.compile("/rudder/(secure/)?api/([^/]+/)?" + path), action);
  }

  static String of(ServerWebExchange exchange) {
    HttpMethod method = exchange.getRequest().getMethod();
    String path = exchange.getRequest().getPath().value();
    return ALL.stream()
        .filter(known -> known.method().equals(method) && known.path().matcher(path).matches())
        .map(Path::action)
        .findFirst()
        .orElse("unknown");
  }
}
