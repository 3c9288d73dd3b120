package io.remoterun.webapp;

import io.remoterun.webapp.apidocs.ApiDocs;
import io.remoterun.webapp.http.StrictHttp;
import java.net.InetAddress;
import java.time.Duration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.annotation.Order;
import org.springframework.http.CacheControl;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.config.ResourceHandlerRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/** Where and how the webapp listens, and the files that it serves. */
@Configuration(proxyBeanMethods = false)
@PropertySource("classpath:/io/remoterun/webapp/defaults.properties")
class ServerConfiguration implements WebFluxConfigurer {
  /** Of a form or another body; a run needs some hundred bytes. */
  private static final int MOST_BODY_BYTES = 64 * 1024;

  private static final Duration IDLE_CONNECTION = Duration.ofMinutes(1);

  /** What holds unless Boot's own settings, server.*, say something else: they come later, at 0. */
  @Bean
  @Order(-1)
  WebServerFactoryCustomizer<NettyReactiveWebServerFactory> listener(WebappProperties properties) {
    return listener -> {
      // The token travels in plain HTTP until someone configures TLS: not on every interface.
      listener.setAddress(InetAddress.getLoopbackAddress());
      listener.addServerCustomizers(
          server ->
              server
                  .requestTimeout(properties.requestTimeout())
                  .idleTimeout(IDLE_CONNECTION)
                  .doOnChannelInit(new StrictHttp(properties.requestTimeout())));
    };
  }

  /** Whom to believe is configured here, and not guessed from where this runs. */
  @Bean
  @Order(1)
  WebServerFactoryCustomizer<NettyReactiveWebServerFactory> noForwardedHeaders() {
    return listener -> listener.setUseForwardHeaders(false);
  }

  @Override
  public void configureHttpMessageCodecs(ServerCodecConfigurer configurer) {
    configurer.defaultCodecs().maxInMemorySize(MOST_BODY_BYTES);
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/api-docs/swagger-ui*")
        .addResourceLocations(ApiDocs.viewer())
        .setCacheControl(CacheControl.noCache());
    registry
        .addResourceHandler("/assets/**")
        .addResourceLocations("classpath:/io/remoterun/webapp/page/assets/")
        .setCacheControl(CacheControl.noCache());
  }
}
