package io.remoterun.webapp;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** A small OpenID provider, at which everybody is who the test says. */
final class TestProvider implements AutoCloseable {
  private final RSAKey key;
  private final DisposableServer server;
  volatile String name = "Carol";
  volatile List<String> groups = List.of("operators");
  volatile String audience = "remote-run";
  private volatile String nonce = "";

  TestProvider() throws JOSEException {
    this.key = new RSAKeyGenerator(2048).keyID("k").generate();
    this.server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(
                routes ->
                    routes
                        .get("/.well-known/openid-configuration", (q, r) -> json(r, discovery()))
                        .get("/jwks", (q, r) -> json(r, new JWKSet(key).toJSONObject()))
                        .get("/authorize", this::authorize)
                        .post("/token", (q, r) -> q.receive().then(json(r, token()))))
            .bindNow();
  }

  String issuer() {
    return "http://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort();
  }

  private Map<String, Object> discovery() {
    return Map.of(
        "issuer", issuer(),
        "authorization_endpoint", issuer() + "/authorize",
        "token_endpoint", issuer() + "/token",
        "jwks_uri", issuer() + "/jwks",
        "subject_types_supported", List.of("public"),
        "response_types_supported", List.of("code"),
        "id_token_signing_alg_values_supported", List.of("RS256"));
  }

  private Mono<Void> authorize(HttpServerRequest request, HttpServerResponse response) {
    MultiValueMap<String, String> query =
        UriComponentsBuilder.fromUriString(request.uri()).build().getQueryParams();
    nonce = decoded(query, "nonce");
    String back = decoded(query, "redirect_uri");
    return response.sendRedirect(back + "?code=c&state=" + query.getFirst("state"));
  }

  private static String decoded(MultiValueMap<String, String> query, String key) {
    return java.net.URLDecoder.decode(
        String.valueOf(query.getFirst(key)), java.nio.charset.StandardCharsets.UTF_8);
  }

  private Map<String, Object> token() {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer())
            .subject("4711")
            .audience(audience)
            .claim("iat", Instant.now().getEpochSecond())
            .claim("exp", Instant.now().getEpochSecond() + 60)
            .claim("nonce", nonce)
            .claim("preferred_username", name)
            .claim("groups", groups)
            .build();
    try {
      SignedJWT jwt =
          new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k").build(), claims);
      jwt.sign(new RSASSASigner(key));
      return Map.of("access_token", "a", "token_type", "Bearer", "id_token", jwt.serialize());
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Mono<Void> json(HttpServerResponse response, Map<String, Object> body) {
    return response
        .header("Content-Type", "application/json")
        .sendString(Mono.just(JsonMapper.shared().writeValueAsString(body)))
        .then();
  }

  /** Answers nothing any more. */
  void end() {
    server.disposeNow();
  }

  @Override
  public void close() {
    end();
  }
}
