package io.remoterun.webapp.page;

import io.remoterun.protocol.run.RunFailure;
import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.accounts.Right;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The two documents. What they load lies in {@code assets}; which node is shown is in the fragment
 * of the address, which the server never sees.
 */
@RestController
public final class PageController {
  private static final Resource PAGE = new ClassPathResource("index.html", PageController.class);
  private static final Resource LOGIN = new ClassPathResource("login.html", PageController.class);

  private final double traceSample;

  /**
   * @param traceSample which share of the traces that begin with a click is recorded, 0 to 1
   */
  public PageController(double traceSample) {
    this.traceSample = traceSample;
  }

  @GetMapping(value = "/", produces = MediaType.TEXT_HTML_VALUE)
  Mono<Resource> page(ServerWebExchange exchange) {
    return withCsrfCookie(exchange, PAGE);
  }

  @GetMapping(value = "/login", produces = MediaType.TEXT_HTML_VALUE)
  Mono<Resource> login(ServerWebExchange exchange) {
    return withCsrfCookie(exchange, LOGIN);
  }

  /** What a person can do about each kind of failure. */
  @GetMapping("/advice.json")
  Map<RunFailure.Kind, String> advice() {
    return Stream.of(RunFailure.Kind.values())
        .collect(Collectors.toMap(Function.identity(), RunFailure.Kind::advice));
  }

  /**
   * Who is signed in.
   *
   * @param rights that it has for some node or for all: the page hides what it has none for
   * @param traceSample which share of the traces that begin with a click there is recorded, 0 to 1
   */
  record SignedIn(String name, List<String> rights, double traceSample) {}

  @GetMapping("/account.json")
  SignedIn account(@AuthenticationPrincipal Account user) {
    return new SignedIn(
        user.name(),
        Stream.of(Right.values())
            .filter(right -> user.grants().maySomewhere(right))
            .map(Right::key)
            .toList(),
        traceSample);
  }

  /** Spring Security makes the token, and its cookie, only for who asks for it. */
  private static Mono<Resource> withCsrfCookie(ServerWebExchange exchange, Resource document) {
    Mono<CsrfToken> token = exchange.getAttributeOrDefault(CsrfToken.class.getName(), Mono.empty());
    return token.thenReturn(document);
  }
}
