package io.remoterun.webapp.security;

import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** A name and a password, or without a name a token. */
final class SignInForm {
  private SignInForm() {}

  static Mono<Authentication> read(ServerWebExchange exchange) {
    return exchange
        .getFormData()
        .map(
            form ->
                UsernamePasswordAuthenticationToken.unauthenticated(
                    text(form, "username").strip(), text(form, "password")));
  }

  private static String text(MultiValueMap<String, String> form, String field) {
    String value = form.getFirst(field);
    return value == null ? "" : value;
  }
}
