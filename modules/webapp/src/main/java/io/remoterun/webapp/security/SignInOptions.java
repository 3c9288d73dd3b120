package io.remoterun.webapp.security;

import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells the sign-in page where else somebody can prove who it is. */
@RestController
final class SignInOptions {
  private final Map<String, String> options;

  SignInOptions(SecuritySettings settings) {
    this.options =
        settings.oidc() == null
            ? Map.of()
            : Map.of("oidc", "oauth2/authorization/" + OidcProvider.ID);
  }

  @GetMapping("/login/options.json")
  Map<String, String> options() {
    return options;
  }
}
