package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class LdapTest {
  private static final URI NO_RELAY = URI.create("http://127.0.0.1:1/rudder/relay-api/1");
  private static final String NODES = "/rudder/secure/api/nodes";

  @TempDir static Path folder;
  private static InMemoryDirectoryServer directory;
  private static RunningWebapp webapp;

  @BeforeAll
  static void start() throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example,dc=org");
    config.addAdditionalBindCredentials("cn=search", "manager's secret");
    config.setSchema(null);
    directory = new InMemoryDirectoryServer(config);
    add("dn: dc=example,dc=org", "objectClass: domain", "dc: example");
    add(
        "dn: uid=alice,dc=example,dc=org",
        "objectClass: person",
        "uid: alice",
        "userPassword: wonder land");
    add(
        "dn: uid=bob,dc=example,dc=org",
        "objectClass: person",
        "uid: bob",
        "userPassword: builder");
    add(
        "dn: cn=operators,dc=example,dc=org",
        "objectClass: groupOfNames",
        "cn: operators",
        "member: uid=alice,dc=example,dc=org");
    directory.startListening();
    Path password = Files.writeString(folder.resolve("ldap"), "manager's secret");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    webapp =
        RunningWebapp.start(
            folder,
            NO_RELAY,
            "security.ldap.url=ldap://127.0.0.1:"
                + directory.getListenPort()
                + "/dc=example,dc=org",
            "security.ldap.manager-dn=cn=search",
            "security.ldap.manager-password-file=" + password,
            "security.ldap.rights[0].group=operators",
            "security.ldap.rights[0].rights=run:read",
            "security.ldap.rights[0].all-nodes=true");
  }

  private static void add(String... lines) throws Exception {
    directory.add(lines);
  }

  @AfterAll
  static void stop() {
    webapp.close();
    directory.shutDown(true);
  }

  @Test
  void letsInWhoIsInAGroupThatHasRightsUntilTheAccountIsDisabled() throws Exception {
    try (RunningWebapp.Browser browser = webapp.browser()) {
      assertThat(browser.signIn("Alice", "wonder land").headers().firstValue("Location"))
          .contains("/");
      assertThat(browser.get(NODES).statusCode()).isEqualTo(200);
      assertThat(
              browser
                  .send(
                      webapp
                          .request("/rudder/secure/api/nodes/n1/applyPolicy")
                          .header("X-CSRF-Token", browser.csrf())
                          .POST(BodyPublishers.noBody()))
                  .statusCode())
          .isEqualTo(403);

      disable("ldap:alice", true);
      assertThat(browser.get(NODES).statusCode()).isEqualTo(401);
      assertThat(browser.signIn("alice", "wonder land").headers().firstValue("Location"))
          .contains("/login?error");
      disable("ldap:alice", false);
    }
  }

  private static void disable(String name, boolean disabled) throws Exception {
    assertThat(
            webapp
                .send(
                    webapp
                        .request("/rudder/api/latest/remote-run-accounts/" + name)
                        .header("X-API-Token", webapp.token())
                        .PUT(BodyPublishers.ofString("{\"disabled\":" + disabled + "}")))
                .statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "alice,builder",
    "alice,''",
    "bob,builder",
    "nobody,builder",
    "*,wonder land",
    "alice)(uid=*,wonder land",
    "ldap:alice,wonder land"
  })
  void refusesEverybodyElse(String name, String password) throws Exception {
    try (RunningWebapp.Browser browser = webapp.browser()) {
      assertThat(browser.signIn(name, password).headers().firstValue("Location"))
          .contains("/login?error");
      assertThat(browser.get(NODES).statusCode()).isEqualTo(401);
    }
  }
}
