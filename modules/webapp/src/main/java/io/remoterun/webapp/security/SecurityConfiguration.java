package io.remoterun.webapp.security;

import static org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers.pathMatchers;

import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.Passwords;
import io.remoterun.webapp.accounts.RateLimit;
import io.remoterun.webapp.accounts.Right;
import io.remoterun.webapp.accounts.SystemToken;
import io.remoterun.webapp.api.Answers;
import io.remoterun.webapp.audit.Audit;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.audit.Floods;
import io.remoterun.webapp.page.ContentPolicy;
import java.io.IOException;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity.AuthorizeExchangeSpec;
import org.springframework.security.config.web.server.ServerHttpSecurity.HeaderSpec;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.server.DelegatingServerAuthenticationEntryPoint;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.security.web.server.WebFilterExchange;
import org.springframework.security.web.server.authentication.AuthenticationWebFilter;
import org.springframework.security.web.server.authentication.RedirectServerAuthenticationEntryPoint;
import org.springframework.security.web.server.authentication.RedirectServerAuthenticationFailureHandler;
import org.springframework.security.web.server.authentication.RedirectServerAuthenticationSuccessHandler;
import org.springframework.security.web.server.authentication.ServerAuthenticationEntryPointFailureHandler;
import org.springframework.security.web.server.authentication.ServerAuthenticationFailureHandler;
import org.springframework.security.web.server.authentication.ServerAuthenticationSuccessHandler;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRequestAttributeHandler;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedHandler;
import org.springframework.security.web.server.header.ReferrerPolicyServerHttpHeadersWriter.ReferrerPolicy;
import org.springframework.security.web.server.savedrequest.NoOpServerRequestCache;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.session.WebSessionIdResolver;
import reactor.core.publisher.Mono;

/**
 * Two ways in. Programs show a token with every request and have no session. People prove once who
 * they are, and then have a session, whose unsafe requests need a CSRF token. What no rule names is
 * refused.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebFluxSecurity
public class SecurityConfiguration {
  private static final String LOGIN = "/login";

  @Bean
  SignIn signIn(
      Identities identities,
      Accounts accounts,
      Audit audit,
      Floods floods,
      SecuritySettings settings) {
    return new SignIn(
        identities,
        accounts,
        new RateLimit(settings.failuresPerMinute(), InstantSource.system()),
        audit,
        floods);
  }

  @Bean
  Identities identities(
      SystemToken systemToken, Accounts accounts, Passwords passwords, SecuritySettings settings)
      throws IOException {
    LdapSettings ldap = settings.ldap();
    Directory directory = ldap == null ? Directory.NONE : LdapDirectory.of(ldap);
    return new Identities(systemToken, accounts, passwords, directory);
  }

  /** A test has another one. */
  @Bean
  @Fallback
  InstantSource clock() {
    return InstantSource.system();
  }

  @Bean
  Sessions sessions(Identities identities, SecuritySettings settings, InstantSource clock) {
    return new Sessions(identities, settings.sessionIdleTimeout(), settings.sessionMaxAge(), clock);
  }

  @Bean
  SignInOptions signInOptions(SecuritySettings settings) {
    return new SignInOptions(settings);
  }

  @Bean
  @Order(1)
  SecurityWebFilterChain programs(ServerHttpSecurity http, SignIn signIn, Audit audit) {
    return http.securityMatcher(pathMatchers("/rudder/api/**"))
        .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
        .addFilterAt(tokenFilter(signIn), SecurityWebFiltersOrder.AUTHENTICATION)
        .authorizeExchange(SecurityConfiguration::rules)
        .exceptionHandling(
            refusals ->
                refusals
                    .authenticationEntryPoint(Refusals::noToken)
                    .accessDeniedHandler(new NotAllowed(audit)))
        .headers(SecurityConfiguration::headers)
        .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
        .csrf(ServerHttpSecurity.CsrfSpec::disable)
        .logout(ServerHttpSecurity.LogoutSpec::disable)
        .build();
  }

  @Bean
  @Order(2)
  SecurityWebFilterChain people(
      ServerHttpSecurity http,
      SignIn signIn,
      Sessions sessions,
      Identities identities,
      Audit audit,
      Floods floods,
      SecuritySettings settings) {
    OidcSettings oidc = settings.oidc();
    if (oidc != null) {
      OidcSignIn there = new OidcSignIn(oidc, identities, signIn, sessions);
      http.oauth2Login(login -> there.configure(login, notKnownThere(signIn)));
    }
    return http.securityContextRepository(sessions)
        .addFilterAt(formFilter(signIn, sessions), SecurityWebFiltersOrder.FORM_LOGIN)
        .authorizeExchange(SecurityConfiguration::rules)
        .logout(logout -> logout.logoutUrl("/logout").logoutSuccessHandler(new SignedOut(audit)))
        .exceptionHandling(
            refusals ->
                refusals
                    .authenticationEntryPoint(signInFirst())
                    .accessDeniedHandler(new NotAllowed(audit)))
        .csrf(csrf -> csrf(csrf, new ForgedRequest(sessions, floods)))
        .headers(SecurityConfiguration::headers)
        .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
        .build();
  }

  @Bean
  ServerExchangeRejectedHandler malformedRequests() {
    return Refusals::malformed;
  }

  @Bean
  WebSessionIdResolver sessionCookie() {
    return new SessionCookie();
  }

  private static void rules(AuthorizeExchangeSpec exchanges) {
    for (Rule rule : Rules.ALL) {
      AuthorizeExchangeSpec.Access access =
          exchanges.pathMatchers(rule.method(), rule.patterns().toArray(String[]::new));
      switch (rule.who()) {
        case Rule.Anybody anybody -> access.permitAll();
        case Rule.SignedIn signedIn -> access.authenticated();
        case Rule.With with ->
            access.hasAnyAuthority(with.rights().stream().map(Right::key).toArray(String[]::new));
      }
    }
    exchanges.anyExchange().access(new NoSuchPath());
  }

  private static AuthenticationWebFilter tokenFilter(SignIn signIn) {
    AuthenticationWebFilter filter =
        new AuthenticationWebFilter(
            (ServerWebExchange exchange) ->
                Mono.just(
                    shown -> signIn.program(String.valueOf(shown.getCredentials()), exchange)));
    filter.setServerAuthenticationConverter(TokenHeader::read);
    filter.setAuthenticationFailureHandler(
        new ServerAuthenticationEntryPointFailureHandler(Refusals::noToken));
    return filter;
  }

  private static AuthenticationWebFilter formFilter(SignIn signIn, Sessions sessions) {
    AuthenticationWebFilter filter =
        new AuthenticationWebFilter(
            (ServerWebExchange exchange) ->
                Mono.just(
                    shown ->
                        signIn.person(
                            shown.getName(), String.valueOf(shown.getCredentials()), exchange)));
    filter.setRequiresAuthenticationMatcher(pathMatchers(HttpMethod.POST, LOGIN));
    filter.setServerAuthenticationConverter(SignInForm::read);
    filter.setSecurityContextRepository(sessions);
    filter.setAuthenticationSuccessHandler(signedIn());
    filter.setAuthenticationFailureHandler(notSignedIn());
    return filter;
  }

  private static ServerAuthenticationEntryPoint signInFirst() {
    RedirectServerAuthenticationEntryPoint toLogin =
        new RedirectServerAuthenticationEntryPoint(LOGIN);
    // The default cache would keep a session in memory for every stranger.
    toLogin.setRequestCache(NoOpServerRequestCache.getInstance());
    DelegatingServerAuthenticationEntryPoint entry =
        new DelegatingServerAuthenticationEntryPoint(
            new DelegatingServerAuthenticationEntryPoint.DelegateEntry(
                pathMatchers("/rudder/**"), Refusals::noSession));
    entry.setDefaultEntryPoint(toLogin);
    return entry;
  }

  private static ServerAuthenticationSuccessHandler signedIn() {
    RedirectServerAuthenticationSuccessHandler toPage =
        new RedirectServerAuthenticationSuccessHandler("/");
    toPage.setRequestCache(NoOpServerRequestCache.getInstance());
    return (WebFilterExchange exchange, Authentication user) -> {
      Refusals.signedIn(exchange.getExchange(), user.getName());
      return toPage.onAuthenticationSuccess(exchange, user);
    };
  }

  private static ServerAuthenticationFailureHandler notSignedIn() {
    RedirectServerAuthenticationFailureHandler back =
        new RedirectServerAuthenticationFailureHandler(LOGIN + "?error");
    return (exchange, e) -> {
      Refusals.wrongSignIn(exchange.getExchange(), e);
      return e instanceof TooManyFailures failures
          ? Answers.tooMany(exchange.getExchange(), TooManyFailures.WHAT, failures.untilNext())
          : back.onAuthenticationFailure(exchange, e);
    };
  }

  private static ServerAuthenticationFailureHandler notKnownThere(SignIn signIn) {
    ServerAuthenticationFailureHandler back = notSignedIn();
    return (exchange, e) ->
        signIn
            .wrong(
                exchange.getExchange(),
                AuditEntry.Action.SIGN_IN,
                "the OpenID provider did not prove somebody who may come in")
            .onErrorResume(AuthenticationException.class, refused -> Mono.empty())
            .then(Mono.defer(() -> back.onAuthenticationFailure(exchange, e)));
  }

  private static void csrf(ServerHttpSecurity.CsrfSpec csrf, ForgedRequest forged) {
    csrf.csrfTokenRepository(new CsrfCookie())
        .requireCsrfProtectionMatcher(new ForgeableRequests())
        // The page sends the cookie's value as it is; nothing repeats it in a compressed body.
        .csrfTokenRequestHandler(new ServerCsrfTokenRequestAttributeHandler())
        .accessDeniedHandler(forged);
  }

  private static void headers(HeaderSpec headers) {
    headers
        .contentSecurityPolicy(policy -> policy.policyDirectives(ContentPolicy.ALL))
        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER));
  }
}
