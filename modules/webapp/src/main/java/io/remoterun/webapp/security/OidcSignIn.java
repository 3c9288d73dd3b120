package io.remoterun.webapp.security;

import io.remoterun.webapp.accounts.Grants;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.config.web.server.ServerHttpSecurity.OAuth2LoginSpec;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeReactiveAuthenticationManager;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcReactiveOAuth2UserService;
import org.springframework.security.oauth2.client.web.server.ServerOAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.server.WebFilterExchange;
import org.springframework.security.web.server.authentication.ServerAuthenticationFailureHandler;
import org.springframework.security.web.server.context.ServerSecurityContextRepository;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Signs in whom an OpenID provider knows, with the rights that follow from its groups there. */
final class OidcSignIn implements ServerSecurityContextRepository {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  // A redirect would still count as coming from the provider, and the session's cookie would stay
  // behind. The page is where it is, also behind a front end that puts a path before ours.
  private static final byte[] TO_THE_PAGE =
      "<!doctype html><title>Remote Run</title><meta http-equiv=\"refresh\" content=\"0;url=../../../\">"
          .getBytes(StandardCharsets.UTF_8);

  private final OidcSettings settings;
  private final Identities identities;
  private final SignIn signIn;
  private final Sessions sessions;

  OidcSignIn(OidcSettings settings, Identities identities, SignIn signIn, Sessions sessions) {
    this.settings = settings;
    this.identities = identities;
    this.signIn = signIn;
    this.sessions = sessions;
  }

  void configure(OAuth2LoginSpec login, ServerAuthenticationFailureHandler refused) {
    login
        .clientRegistrationRepository(new OidcProvider(settings))
        .authenticationManager(
            new OidcAuthorizationCodeReactiveAuthenticationManager(
                new WebClientReactiveAuthorizationCodeTokenResponseClient(),
                new OidcReactiveOAuth2UserService()))
        .authorizationRequestRepository(new OidcRequests(InstantSource.system()))
        .authorizedClientRepository(new NothingKept())
        .securityContextRepository(this)
        .authenticationSuccessHandler(OidcSignIn::toThePage)
        .authenticationFailureHandler(refused);
  }

  /** Called with whom the provider knows; it gets a session if it is somebody here. */
  @Override
  public Mono<Void> save(ServerWebExchange exchange, @Nullable SecurityContext context) {
    if (context == null || context.getAuthentication() == null) {
      return sessions.save(exchange, null);
    }
    return Mono.justOrEmpty(person(context.getAuthentication()))
        .flatMap(identities::known)
        .switchIfEmpty(Mono.error(() -> new BadCredentialsException("no right here")))
        .flatMap(known -> signIn.signedIn(known, exchange))
        .flatMap(known -> sessions.save(exchange, new SecurityContextImpl(known)));
  }

  private Optional<Directory.Person> person(Authentication proved) {
    if (!(proved.getPrincipal() instanceof OidcUser user)) {
      return Optional.empty();
    }
    List<String> groups = user.getClaimAsStringList(settings.groupsClaim());
    Grants grants = GroupRights.of(groups == null ? List.of() : groups, settings.rights());
    if (grants.scopes().isEmpty()) {
      log.warn("{} has no right here: none of its groups is configured", user.getSubject());
      return Optional.empty();
    }
    return PersonName.of(user.getName()).map(name -> new Directory.Person(name, grants));
  }

  @Override
  public Mono<SecurityContext> load(ServerWebExchange exchange) {
    return sessions.load(exchange);
  }

  private static Mono<Void> toThePage(WebFilterExchange exchange, Authentication user) {
    ServerHttpResponse response = exchange.getExchange().getResponse();
    response.setStatusCode(HttpStatus.OK);
    response.getHeaders().setContentType(MediaType.TEXT_HTML);
    return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(TO_THE_PAGE)));
  }

  /** The provider's tokens are of no use here after somebody has signed in. */
  private static final class NothingKept implements ServerOAuth2AuthorizedClientRepository {
    @Override
    public <T extends OAuth2AuthorizedClient> Mono<T> loadAuthorizedClient(
        String id, Authentication user, ServerWebExchange exchange) {
      return Mono.empty();
    }

    @Override
    public Mono<Void> saveAuthorizedClient(
        OAuth2AuthorizedClient client, Authentication user, ServerWebExchange exchange) {
      return Mono.empty();
    }

    @Override
    public Mono<Void> removeAuthorizedClient(
        String id, Authentication user, ServerWebExchange exchange) {
      return Mono.empty();
    }
  }
}
