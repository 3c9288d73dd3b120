package io.remoterun.webapp.apidocs;

import io.remoterun.webapp.page.ContentPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.yaml.snakeyaml.Yaml;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves the OpenAPI document, which is written by hand beside this, and a page to read it and to
 * try it out. A test holds the document to the paths that there are.
 */
@RestController
public final class ApiDocs {
  private static final Resource PAGE = new ClassPathResource("index.html", ApiDocs.class);
  private static final String VIEWER = "META-INF/maven/org.webjars/swagger-ui/pom.properties";

  private final byte[] document = read();

  /** As JSON, which every tool understands; YAML is for us. */
  private static byte[] read() {
    try (InputStream yaml = new ClassPathResource("openapi.yml", ApiDocs.class).getInputStream()) {
      Map<String, Object> document = new Yaml().load(yaml);
      return JsonMapper.shared().writeValueAsBytes(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the files of the page's viewer are. */
  public static String viewer() {
    try (InputStream file = new ClassPathResource(VIEWER).getInputStream()) {
      Properties properties = new Properties();
      properties.load(file);
      String version = properties.getProperty("version");
      return "classpath:/META-INF/resources/webjars/swagger-ui/" + version + "/";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @GetMapping({
    "/rudder/api/openapi.json",
    "/rudder/api/{version:latest|[0-9]+}/openapi.json",
    "/rudder/secure/api/openapi.json"
  })
  Mono<Void> document(ServerWebExchange exchange) {
    ServerHttpResponse response = exchange.getResponse();
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(document)));
  }

  @GetMapping(value = "/api-docs", produces = MediaType.TEXT_HTML_VALUE)
  Mono<Resource> page(ServerWebExchange exchange) {
    exchange.getResponse().getHeaders().set(ContentPolicy.HEADER, ContentPolicy.API_DOCS);
    Mono<CsrfToken> token = exchange.getAttributeOrDefault(CsrfToken.class.getName(), Mono.empty());
    return token.thenReturn(PAGE);
  }
}
