package io.remoterun.benchmarks.process;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.relay.RelayConfiguration;
import io.remoterun.relay.api.RelayServers;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The relay role in a process of its own, as the program starts it. */
public final class RelayProcess implements AutoCloseable {
  /** Its word, see {@link io.remoterun.benchmarks.Benchmarks}. */
  public static final String WORD = "relay";

  private static final String SETTING = "--remote-run.relay.";

  private final JvmProcess process;
  private final Path token;

  private RelayProcess(JvmProcess process, Path token) {
    this.process = process;
    this.token = token;
  }

  /**
   * @param id its own; of the root server {@code root}
   * @param host its keys, and its folder, which holds its {@code nodeslist.json}
   * @param flags of its JVM
   * @param settings without {@code remote-run.relay.} before them, such as {@code nodes-at-once=9}
   */
  public static RelayProcess start(
      NodeId id, TestHost host, List<String> flags, List<String> settings) throws IOException {
    Path folder = host.folder();
    Path token = folder.resolve("token");
    List<String> words =
        new ArrayList<>(
            List.of(
                WORD,
                "--logging.level.root=warn",
                // One line for each node that fails costs more than the failure.
                "--logging.level.remote-run=error",
                SETTING + "id=" + id,
                SETTING + "nodes-list-file=" + folder.resolve("nodeslist.json"),
                SETTING + "nodes-certs-file=" + folder.resolve("none.pem"),
                SETTING + "keys=" + host.ppkeys(),
                SETTING + "http.listen=127.0.0.1:0",
                SETTING + "http.token-file=" + token));
    settings.forEach(setting -> words.add(SETTING + setting));
    return new RelayProcess(JvmProcess.start(folder.resolve("relay.log"), flags, words), token);
  }

  /** Its API, for programs on this machine. */
  public URI api() {
    return URI.create("http://127.0.0.1:" + process.ready().number("http") + "/rudder/relay-api/1");
  }

  public String bearer() throws IOException {
    return "Bearer " + Files.readString(token).strip();
  }

  /**
   * Where relays ask it.
   *
   * @throws IllegalArgumentException when it was not told to listen for them
   */
  public String https() {
    return "127.0.0.1:" + process.ready().number("https");
  }

  /** See {@link ParentLink}. */
  public Words figures() {
    return process.figures();
  }

  public JvmProcess process() {
    return process;
  }

  @Override
  public void close() {
    process.close();
  }

  /** The process. */
  public static void runRole(String[] arguments) throws IOException {
    ParentLink parent = new ParentLink();
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(RelayConfiguration.class)
            .profiles("relay")
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .registerShutdownHook(false)
            .run(arguments)) {
      RelayServers servers = context.getBean(RelayServers.class);
      Map<String, String> ready = new HashMap<>();
      ready.put("http", port(servers.http()));
      if (context.getEnvironment().containsProperty("remote-run.relay.https.listen")) {
        ready.put("https", port(servers.https()));
      }
      parent.serve(new Words(ready), Map::of);
    }
  }

  private static String port(InetSocketAddress address) {
    return String.valueOf(address.getPort());
  }
}
