package io.remoterun.webapp.api;

import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.accounts.Right;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Tells who asks: for somebody who has a token and wonders whose it is. */
@RudderApi
public final class OwnAccountController {

  /**
   * @param rights that it has for some node or for all
   */
  record Own(String name, List<String> rights) {}

  @GetMapping("/remote-run-account")
  Mono<Void> account(@AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    Parameters.of(exchange);
    List<String> rights =
        Stream.of(Right.values())
            .filter(right -> user.grants().maySomewhere(right))
            .map(Right::key)
            .toList();
    return Answers.write(
        exchange,
        HttpStatus.OK,
        Envelope.success(Action.of(exchange), new Own(user.name(), rights)));
  }
}
