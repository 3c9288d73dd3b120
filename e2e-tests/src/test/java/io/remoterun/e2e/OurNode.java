package io.remoterun.e2e;

import io.remoterun.node.NodeConfiguration;
import io.remoterun.node.listener.NodeListener;
import io.remoterun.testing.Mark;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The node's role as it is configured and started, on a free loopback port. */
final class OurNode implements AutoCloseable {
  private final ConfigurableApplicationContext context;
  private final CapturedLog log;

  private OurNode(ConfigurableApplicationContext context, String id) {
    this.context = context;
    // Only now: at its start Spring Boot sets up logging anew.
    this.log = CapturedLog.of("remote-run.node." + id);
  }

  /** Admits the caller, for any conditions. */
  static OurNode start(TestHost host, Path agent, TestHost caller, String... settings)
      throws IOException {
    host.keys().trust(CfengineHost.USER, caller.key().publicKey());
    String id = host.folder().getFileName().toString();
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(NodeConfiguration.class)
            .profiles("node")
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .registerShutdownHook(false)
            .properties(
                "remote-run.node.id=" + id,
                "remote-run.node.listen=127.0.0.1:0",
                "remote-run.node.keys=" + host.ppkeys(),
                "remote-run.node.admit-keys=" + caller.digest(),
                "remote-run.node.allow-users=" + CfengineHost.USER,
                "remote-run.node.allow-conditions=class.*",
                "remote-run.node.agent.command=" + agent)
            .properties(settings)
            .properties(Map.copyOf(Mark.settings()))
            .run();
    return new OurNode(context, id);
  }

  int port() {
    return context.getBean(NodeListener.class).port();
  }

  CapturedLog log() {
    return log;
  }

  @Override
  public void close() {
    log.close();
    context.close();
  }
}
