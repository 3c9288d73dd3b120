package io.remoterun.webapp.http;

import io.remoterun.webapp.api.Answers;
import java.util.Optional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Refuses headers that are there twice also where {@link StrictHttp} sees nothing: with {@code
 * server.http2.enabled} requests are decoded elsewhere.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class OnceHeaders implements WebFilter {

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    HttpHeaders headers = exchange.getRequest().getHeaders();
    Optional<String> twice =
        RequestHead.ONCE.stream().filter(name -> headers.getOrEmpty(name).size() > 1).findFirst();
    return twice.isPresent()
        ? Answers.error(exchange, HttpStatus.BAD_REQUEST, RequestHead.givenTwice(twice.get()))
        : chain.filter(exchange);
  }
}
