package io.remoterun.benchmarks;

import io.netty.handler.ssl.SslContext;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.keys.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;
import reactor.netty.tcp.TcpServer;

/** Programs that are each a part of a node and nothing else, to see what that part costs. */
enum NodePart {
  JAVA("Java itself"),
  LOGGING("with logging"),
  LISTENER("with logging, Reactor Netty, TLS and a key"),
  BOOT("with logging and Spring Boot");

  static final String READY = "is ready";

  final String title;

  NodePart(String title) {
    this.title = title;
  }

  /**
   * The part named by the first argument, until it is ended.
   *
   * @param arguments the second is the folder of the keys
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    NodePart part = valueOf(arguments[0]);
    switch (part) {
      case JAVA -> System.out.println(READY);
      case LOGGING -> log();
      case LISTENER -> listen(Path.of(arguments[1]));
      case BOOT -> boot();
    }
    Thread.currentThread().join();
  }

  private static void log() {
    LoggerFactory.getLogger(NodePart.class).info(READY);
  }

  private static void listen(Path keys) throws IOException {
    HostKey key = new KeyDirectory(keys).hostKeyMadeIfMissing();
    SslContext tls = Tls.server(key, key.certificate(), stranger -> false);
    TcpServer.create()
        .host("127.0.0.1")
        .port(0)
        .secure(spec -> spec.sslContext(tls))
        .handle((in, out) -> Mono.empty())
        .bindNow();
    log();
  }

  @Configuration(proxyBeanMethods = false)
  static class Nothing {}

  /** Without auto-configuration, as the node has it. */
  private static void boot() {
    SpringApplication application = new SpringApplication(Nothing.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setBannerMode(Banner.Mode.OFF);
    application.setInitializers(List.of());
    application.setListeners(
        application.getListeners().stream()
            .filter(listener -> !listener.getClass().getName().contains(".autoconfigure."))
            .toList());
    application.run();
    log();
  }
}
