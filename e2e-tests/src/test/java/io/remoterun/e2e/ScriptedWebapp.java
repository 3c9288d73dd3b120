package io.remoterun.e2e;

import io.remoterun.testkit.ScriptedRelay;
import io.remoterun.webapp.WebappConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A webapp in this JVM, whose root relay plays a script. It knows four nodes, one behind a relay.
 */
final class ScriptedWebapp implements AutoCloseable {
  private static final String NODES =
      """
      {"root":{"hostname":"server.example","policy-server":"root"},
       "r1":{"hostname":"relay.example","policy-server":"root"},
       "n1":{"hostname":"one.example","policy-server":"r1"},
       "n2":{"hostname":"two.example","policy-server":"root"}}
      """;

  private final ScriptedRelay relay;
  private final ConfigurableApplicationContext context;
  private final String token;

  private ScriptedWebapp(
      ScriptedRelay relay, ConfigurableApplicationContext context, String token) {
    this.relay = relay;
    this.context = context;
    this.token = token;
  }

  static ScriptedWebapp start(Path folder) throws IOException {
    ScriptedRelay relay = new ScriptedRelay();
    Path token = folder.resolve("token");
    Path nodes = Files.writeString(folder.resolve("nodeslist.json"), NODES);
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(WebappConfiguration.class)
            .profiles("webapp")
            .run(
                "--server.port=0",
                "--server.shutdown=immediate",
                "--spring.main.banner-mode=off",
                "--remote-run.webapp.token-file=" + token,
                "--remote-run.webapp.nodes-list-file=" + nodes,
                "--remote-run.webapp.relay.url=" + relay.url(),
                "--remote-run.webapp.store.folder=" + folder.resolve("store"),
                "--remote-run.webapp.relay.token-file=" + folder.resolve("relay-token"));
    return new ScriptedWebapp(relay, context, Files.readString(token).strip());
  }

  ScriptedRelay relay() {
    return relay;
  }

  String url() {
    return "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port");
  }

  String token() {
    return token;
  }

  @Override
  public void close() {
    context.close();
    relay.close();
  }
}
