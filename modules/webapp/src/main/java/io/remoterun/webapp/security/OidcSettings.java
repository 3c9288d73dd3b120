package io.remoterun.webapp.security;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An OpenID provider that knows people, {@code remote-run.webapp.security.oidc.*}.
 *
 * @param issuer as it is called in its tokens; its addresses are found below it
 * @param clientSecretFile with what the provider knows this webapp by
 * @param nameClaim the claim that is the name of the account
 * @param groupsClaim the claim with the groups
 * @param redirectUri where the provider sends people back to; {@code {baseUrl}} is what the browser
 *     has asked for
 * @param rights of the groups
 */
public record OidcSettings(
    URI issuer,
    String clientId,
    @DefaultValue("/var/rudder/remote-run/oidc-secret") Path clientSecretFile,
    @DefaultValue({"openid", "profile"}) List<String> scopes,
    @DefaultValue("preferred_username") String nameClaim,
    @DefaultValue("groups") String groupsClaim,
    @DefaultValue("{baseUrl}/login/oauth2/code/{registrationId}") String redirectUri,
    @DefaultValue List<GroupRights> rights) {}
