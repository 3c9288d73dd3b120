package io.remoterun.webapp.security;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code remote-run.webapp.security.*}.
 *
 * @param failuresPerMinute how many wrong tokens and passwords one address may show; then it is
 *     told to wait
 * @param triggersPerMinute how many runs one account may start
 * @param sessionIdleTimeout after which a session that is not used has ended
 * @param sessionMaxAge after which any session has ended
 * @param trustedProxies addresses or networks, as {@code 10.0.0.0/8}, of front ends that are
 *     believed who the client is
 * @param ldap a directory that knows people, if there is one
 * @param oidc an OpenID provider that knows people, if there is one
 */
public record SecuritySettings(
    @DefaultValue("10") int failuresPerMinute,
    @DefaultValue("600") int triggersPerMinute,
    @DefaultValue("30m") Duration sessionIdleTimeout,
    @DefaultValue("12h") Duration sessionMaxAge,
    @DefaultValue List<String> trustedProxies,
    @Nullable LdapSettings ldap,
    @Nullable OidcSettings oidc) {

  public SecuritySettings {
    require(failuresPerMinute > 0, "failures-per-minute must be more than 0");
    require(triggersPerMinute > 0, "triggers-per-minute must be more than 0");
    require(sessionIdleTimeout.isPositive(), "session-idle-timeout must be more than 0");
    require(sessionMaxAge.isPositive(), "session-max-age must be more than 0");
    trustedProxies.forEach(Network::parse);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("remote-run.webapp.security." + message);
    }
  }
}
