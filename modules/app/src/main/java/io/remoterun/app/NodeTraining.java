package io.remoterun.app;

import io.netty.handler.ssl.SslContext;
import io.remoterun.node.listener.NodeListener;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;

/**
 * A node that lives for one trigger, of {@code /bin/true}, which it gets from itself on loopback.
 * Java writes down meanwhile what a node needs ({@code -XX:AOTCacheOutput}), so that later ones
 * start sooner. Keys and all else are in a temporary folder.
 */
final class NodeTraining {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String END = "---cfXen/gine/cfXen/gine---";
  private static final String WELL = "(exit code: 0)";
  private static final String ASK =
      "CFE_v2 cf-agent 3.21.0\nIDENTITY USERNAME=root\n"
          + "t 4\0\0\0\0\0EXEC"
          + "t 27\0\0\0\0"
          + END;

  private NodeTraining() {}

  /**
   * @throws IOException when the node does not answer as it should
   */
  static void run() throws IOException {
    Path folder = Files.createTempDirectory("remote-run-training");
    try {
      run(folder);
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
  }

  private static void run(Path folder) throws IOException {
    HostKey key = new KeyDirectory(folder).hostKeyMadeIfMissing();
    SslContext tls = Tls.client(key, key.certificate(), key.publicKey()::equals);
    try (ConfigurableApplicationContext node =
        NodeAlone.application()
            .run(
                "--spring.profiles.active=node",
                "--remote-run.node.id=training",
                "--remote-run.node.listen=127.0.0.1:0",
                "--remote-run.node.keys=" + folder,
                "--remote-run.node.admit-keys=" + KeyHash.of(key.publicKey()),
                "--remote-run.node.agent.command=/bin/true",
                "--remote-run.node.agent.disable-file=" + folder.resolve("disable-agent"))) {
      trigger(node.getBean(NodeListener.class).port(), tls);
    }
  }

  private static void trigger(int port, SslContext tls) throws IOException {
    Connection connection =
        TcpClient.create()
            .host("127.0.0.1")
            .port(port)
            .secure(spec -> spec.sslContext(tls))
            .connectNow(PATIENCE);
    try {
      connection.outbound().sendString(Mono.just(ASK)).then().block(PATIENCE);
      String answer =
          connection
              .inbound()
              .receive()
              .asString()
              .scan(String::concat)
              .takeUntil(text -> text.contains(END))
              .blockLast(PATIENCE);
      if (answer == null || !answer.contains(WELL)) {
        throw new IOException("the node answered " + answer);
      }
    } finally {
      connection.disposeNow(PATIENCE);
    }
  }
}
