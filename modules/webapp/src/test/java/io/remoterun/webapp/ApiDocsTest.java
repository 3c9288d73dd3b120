package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class ApiDocsTest {
  private static final String SECURE = "/rudder/secure/api";

  @TempDir static Path folder;
  private static RunningWebapp webapp;

  @BeforeAll
  static void start() throws Exception {
    webapp = RunningWebapp.start(folder, URI.create("http://127.0.0.1:1/rudder/relay-api/1"));
  }

  @AfterAll
  static void stop() {
    webapp.close();
  }

  private static JsonNode document() throws Exception {
    HttpResponse<String> answer = webapp.send(webapp.api("openapi.json"));
    assertThat(answer.statusCode()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  @Test
  void describesEveryOperationThatThereIsAndNoOther() throws Exception {
    Set<String> described =
        document().path("paths").properties().stream()
            .flatMap(
                path ->
                    path.getValue().properties().stream()
                        .map(Map.Entry::getKey)
                        .filter(Set.of("get", "put", "post", "delete")::contains)
                        .map(method -> method.toUpperCase(Locale.ROOT) + " " + path.getKey()))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> served =
        webapp.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet().stream()
            .flatMap(ApiDocsTest::operations)
            // It need not describe itself.
            .filter(operation -> !operation.equals("GET /openapi.json"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(described).isEqualTo(served);
  }

  private static Stream<String> operations(RequestMappingInfo mapping) {
    return mapping.getPatternsCondition().getPatterns().stream()
        .map(pattern -> pattern.getPatternString())
        .filter(path -> path.startsWith(SECURE))
        .flatMap(
            path ->
                mapping.getMethodsCondition().getMethods().stream()
                    .map(method -> method + " " + path.substring(SECURE.length())));
  }

  @Test
  void everyReferenceHasATarget() throws Exception {
    JsonNode document = document();
    assertThat(document.findValuesAsString("$ref"))
        .isNotEmpty()
        .allSatisfy(
            reference ->
                assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse());
  }

  @Test
  void peopleHaveAPageToReadIt() throws Exception {
    try (RunningWebapp.Browser browser = webapp.browser()) {
      assertThat(browser.get("/api-docs").statusCode()).isEqualTo(302);
      browser.signIn(webapp.token());
      HttpResponse<String> page = browser.get("/api-docs");
      assertThat(page.body())
          .contains("\"api-docs/swagger-ui-bundle.js\"", "\"assets/api-docs.js\"");
      assertThat(policy(page)).contains("img-src 'self' data:;");
      assertThat(policy(browser.get("/"))).contains("img-src 'self';");
      for (String file :
          new String[] {
            "/api-docs/swagger-ui.css",
            "/api-docs/swagger-ui-bundle.js",
            "/assets/api-docs.js",
            "/rudder/secure/api/openapi.json"
          }) {
        assertThat(browser.get(file).statusCode()).as(file).isEqualTo(200);
      }
      assertThat(browser.get("/api-docs/swagger-initializer.js").statusCode()).isEqualTo(404);
    }
  }

  private static String policy(HttpResponse<String> page) {
    return page.headers().firstValue("Content-Security-Policy").orElse("");
  }
}
