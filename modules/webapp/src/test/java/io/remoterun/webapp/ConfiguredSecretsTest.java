package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import io.remoterun.testkit.NeedsPostgres;
import io.remoterun.testkit.PostgresServer;
import io.remoterun.webapp.store.Database;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The secrets that administrators give the webapp are told nobody, however much it logs. */
@Timeout(120)
@NullUnmarked
@NeedsPostgres
class ConfiguredSecretsTest {
  private static final URI NO_RELAY = URI.create("http://127.0.0.1:1/rudder/relay-api/1");
  private static final String OF_LDAP = "canary1OfTheDirectory";
  private static final String OF_OIDC = "canary2OfTheProvider";
  private static final String OF_DATABASE = "canary3OfTheDatabase";
  private static final String OF_RELAY = "canary4OfTheRelay";

  @TempDir Path folder;
  private final List<String> told = new ArrayList<>();

  @Test
  void noConfiguredSecretIsInAnyLogOrAnswer() throws Exception {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (PostgresServer postgres = PostgresServer.start();
        InMemoryDirectoryServer directory = directory();
        TestProvider provider = new TestProvider()) {
      secret("relay-token", OF_RELAY);
      try (RunningWebapp webapp =
          RunningWebapp.startTalkative(
              folder,
              NO_RELAY,
              "store.url=" + postgres.newDatabase(),
              "store.user=" + postgres.user(),
              "store.password-file=" + secret("database", OF_DATABASE),
              "security.ldap.url=ldap://127.0.0.1:"
                  + directory.getListenPort()
                  + "/dc=example,dc=org",
              "security.ldap.manager-dn=cn=search",
              "security.ldap.manager-password-file=" + secret("ldap", OF_LDAP),
              "security.ldap.timeout=1s",
              "security.oidc.issuer=" + provider.issuer(),
              "security.oidc.client-id=remote-run",
              "security.oidc.client-secret-file=" + secret("oidc", OF_OIDC),
              "security.oidc.rights[0].group=operators",
              "security.oidc.rights[0].rights=run:read",
              "security.oidc.rights[0].all-nodes=true")) {
        use(webapp);
        provider.end();
        directory.shutDown(true);
        use(webapp);
        postgres.end();
        told.add(webapp.send(webapp.api("remote-run-health")).body());
        webapp.bean(Database.class).run(jdbc -> {}).onErrorComplete().block(Duration.ofSeconds(20));
      }
    } finally {
      System.setOut(out);
      ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    }
    told.add(log.toString(StandardCharsets.UTF_8));
    assertThat(told.getLast()).as("it is told much").contains(" DEBUG ").contains("Hikari");
    for (String secret : List.of(OF_LDAP, OF_OIDC, OF_DATABASE, OF_RELAY)) {
      assertThat(told).noneMatch(text -> text.contains(secret));
    }
    String basic = base64("remote-run:" + OF_OIDC);
    assertThat(told).noneMatch(text -> text.contains(basic));
  }

  private void use(RunningWebapp webapp) throws Exception {
    told.add(webapp.send(webapp.trigger("")).body());
    try (RunningWebapp.Browser browser = webapp.browser()) {
      told.add(browser.signIn("alice", "wonder land").body());
      told.add(browser.signIn("alice", "not it at all").body());
      var out = browser.get("/oauth2/authorization/oidc");
      told.add(out.body());
      var there = out.headers().firstValue("Location").filter(to -> to.startsWith("http"));
      if (there.isPresent()) {
        told.add(browser.get(wayBack(there.get())).body());
      }
    }
    told.add(webapp.send(webapp.api("remote-run-audit/export")).body());
    told.add(webapp.send(webapp.api("remote-run-accounts")).body());
  }

  /** Where the provider sends the browser; nowhere when it is not there. */
  private static String wayBack(String there) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI back =
          URI.create(
              http.send(HttpRequest.newBuilder(URI.create(there)).build(), BodyHandlers.ofString())
                  .headers()
                  .firstValue("Location")
                  .orElseThrow());
      return back.getPath() + "?" + back.getRawQuery();
    } catch (java.net.ConnectException e) {
      return "/login/oauth2/code/oidc?code=c&state=s";
    }
  }

  private static InMemoryDirectoryServer directory() throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example,dc=org");
    config.addAdditionalBindCredentials("cn=search", OF_LDAP);
    config.setSchema(null);
    InMemoryDirectoryServer directory = new InMemoryDirectoryServer(config);
    directory.add("dn: dc=example,dc=org", "objectClass: domain", "dc: example");
    directory.add(
        "dn: uid=alice,dc=example,dc=org",
        "objectClass: person",
        "uid: alice",
        "userPassword: wonder land");
    directory.startListening();
    return directory;
  }

  private Path secret(String name, String secret) throws Exception {
    Path file = Files.writeString(folder.resolve(name), secret);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
