package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import io.remoterun.webapp.accounts.Accounts;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Secrets, right and wrong ones, in every place where somebody could put one; none comes out. */
@Timeout(120)
@NullUnmarked
class CanaryTest {
  private static final URI NO_RELAY = URI.create("http://127.0.0.1:1/rudder/relay-api/1");
  private static final String CANARY = "canary7Xq9Secret5LongEnoughToCount";
  private static final String PASSWORD = "canary8 the password";

  @TempDir Path folder;
  private final List<String> told = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(strings = {"INFO", "DEBUG"})
  void noSecretIsInAnyLogOrErrorOrInTheAuditLog(String level) throws Exception {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    String token;
    String session;
    try (RunningWebapp webapp = RunningWebapp.start(folder, NO_RELAY);
        RunningWebapp.Browser browser = webapp.browser()) {
      // The program's start sets up logging anew, and takes off what was there before.
      record(log);
      root().setLevel(Level.valueOf(level));
      Accounts.NewToken made = makeAccount(webapp);
      token = made.secret();
      told.add(made.toString());
      send(webapp, "/rudder/api/latest/nodes", CANARY);
      send(webapp, "/rudder/api/latest/nodes", token);
      send(webapp, "/rudder/api/latest/nodes/n1/applyPolicy", token);
      send(webapp, "/rudder/secure/api/nodes", token);
      told.add(browser.signIn("", CANARY).body());
      told.add(browser.signIn("alice", CANARY).body());
      told.add(browser.signIn("alice", PASSWORD).body());
      told.add(browser.signIn("", token).body());
      session = browser.cookies().get("REMOTE_RUN_SESSION");
      told.add(browser.get("/").body());
      body(webapp, "{\"name\":\"x\",\"password\":\"" + CANARY);
      body(webapp, "{\"name\":\"x\",\"" + CANARY + "\":1}");
      body(webapp, "{\"name\":\"x\",\"password\":[\"" + CANARY + "\"]}");
      body(webapp, "{\"name\":\"x2\",\"password\":\"" + CANARY + "\"}");
      told.add(get(webapp, "/rudder/api/remote-run-audit/export"));
      told.add(get(webapp, "/rudder/api/remote-run-audit?perPage=1000"));
      told.add(get(webapp, "/rudder/api/remote-run-accounts"));
      told.add(webapp.bean(Accounts.class).list().block().toString());
      told.add(log.toString(StandardCharsets.UTF_8));
      assertThat(told).noneMatch(text -> text.contains(webapp.token()));
    } finally {
      root().setLevel(Level.WARN);
      root().detachAppender(CANARY);
    }
    assertThat(log.toString(StandardCharsets.UTF_8)).contains("refused to sign in");
    for (String secret : List.of(CANARY, PASSWORD, token, session)) {
      assertThat(told).noneMatch(text -> text.contains(secret));
    }
  }

  private static Accounts.NewToken makeAccount(RunningWebapp webapp) throws Exception {
    webapp.send(
        webapp
            .request("/rudder/api/remote-run-accounts")
            .header("X-API-Token", webapp.token())
            .POST(
                BodyPublishers.ofString(
                    "{\"name\":\"alice\",\"rights\":{\"run:read\":\"all\"},\"password\":\""
                        + PASSWORD
                        + "\"}")));
    return webapp
        .bean(Accounts.class)
        .newToken("alice", Optional.empty())
        .block(Duration.ofSeconds(20));
  }

  private void send(RunningWebapp webapp, String path, String token) throws Exception {
    told.add(webapp.send(webapp.request(path).header("X-API-Token", token)).body());
  }

  private void body(RunningWebapp webapp, String body) throws Exception {
    told.add(
        webapp
            .send(
                webapp
                    .request("/rudder/api/remote-run-accounts")
                    .header("X-API-Token", webapp.token())
                    .POST(BodyPublishers.ofString(body)))
            .body());
  }

  private static String get(RunningWebapp webapp, String path) throws Exception {
    return webapp.send(webapp.request(path).header("X-API-Token", webapp.token())).body();
  }

  /** Formatted, with stack traces. */
  private static void record(ByteArrayOutputStream log) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%level %logger %msg%n%ex");
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setName(CANARY);
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(log);
    appender.start();
    root().addAppender(appender);
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
