package io.remoterun.webapp.security;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Believes what front ends say of the client, if they are configured as trusted: the address in
 * {@code X-Forwarded-For}, read from the right up to the first one that is not trusted, and in
 * {@code X-Forwarded-Proto} whether it came by HTTPS. Whoever else sends these is not heard.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class TrustedProxies implements WebFilter {
  private static final String ASKED = TrustedProxies.class.getName();

  private final List<Network> trusted;

  public TrustedProxies(List<String> trusted) {
    this.trusted = trusted.stream().map(Network::parse).toList();
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    InetSocketAddress peer = exchange.getRequest().getRemoteAddress();
    if (peer == null || !isTrusted(peer.getAddress())) {
      return chain.filter(exchange);
    }
    return chain.filter(exchange.mutate().request(request -> tell(request, exchange)).build());
  }

  /**
   * The exchange with the address that the browser has asked for: a session's cookie is made of the
   * exchange as it was before this filter.
   */
  static ServerWebExchange asAsked(ServerWebExchange exchange) {
    URI asked = exchange.getAttribute(ASKED);
    return asked == null
        ? exchange
        : exchange.mutate().request(request -> request.uri(asked)).build();
  }

  private void tell(ServerHttpRequest.Builder request, ServerWebExchange exchange) {
    HttpHeaders headers = exchange.getRequest().getHeaders();
    client(headers).ifPresent(client -> request.remoteAddress(new InetSocketAddress(client, 0)));
    if ("https".equalsIgnoreCase(last(headers, "X-Forwarded-Proto"))) {
      URI asked = https(exchange.getRequest().getURI());
      exchange.getAttributes().put(ASKED, asked);
      request.uri(asked);
    }
  }

  /** Nothing else of it is touched: what a client may send is more than builders of URIs take. */
  private static URI https(URI asked) {
    String scheme = asked.getScheme();
    return scheme == null
        ? asked
        : URI.create("https" + asked.toString().substring(scheme.length()));
  }

  private Optional<InetAddress> client(HttpHeaders headers) {
    List<String> hops =
        headers.getOrEmpty("X-Forwarded-For").stream()
            .flatMap(line -> Arrays.stream(line.split(",")))
            .map(String::strip)
            .toList();
    Optional<InetAddress> client = Optional.empty();
    for (String hop : hops.reversed()) {
      Optional<InetAddress> address = Network.literal(hop);
      if (address.isEmpty()) {
        return client;
      }
      client = address;
      if (!isTrusted(address.get())) {
        return client;
      }
    }
    return client;
  }

  private boolean isTrusted(@Nullable InetAddress address) {
    return address != null && trusted.stream().anyMatch(network -> network.contains(address));
  }

  private static @Nullable String last(HttpHeaders headers, String name) {
    List<String> values = headers.getOrEmpty(name);
    return values.isEmpty() ? null : values.getLast();
  }
}
