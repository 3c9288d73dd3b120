package io.remoterun.webapp.security;

import java.io.IOException;
import java.time.Duration;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What is known of the OpenID provider. It is asked when the first person wants to sign in, and
 * again if it did not answer: the webapp starts without it.
 */
final class OidcProvider implements ReactiveClientRegistrationRepository {
  /** How the provider is called in this webapp's paths. */
  static final String ID = "oidc";

  private static final Duration KNOWN_FOR = Duration.ofHours(1);

  private final Mono<ClientRegistration> registration;

  OidcProvider(OidcSettings settings) {
    this.registration =
        Mono.fromCallable(() -> ask(settings))
            .subscribeOn(Schedulers.boundedElastic())
            .cache(known -> KNOWN_FOR, error -> Duration.ZERO, () -> Duration.ZERO);
  }

  @Override
  public Mono<ClientRegistration> findByRegistrationId(String id) {
    return id.equals(ID) ? registration : Mono.empty();
  }

  private static ClientRegistration ask(OidcSettings settings) throws IOException {
    return ClientRegistrations.fromIssuerLocation(settings.issuer().toString())
        .registrationId(ID)
        .clientId(settings.clientId())
        .clientSecret(SecretFile.read(settings.clientSecretFile()))
        .scope(settings.scopes())
        .redirectUri(settings.redirectUri())
        .userNameAttributeName(settings.nameClaim())
        .build();
  }
}
