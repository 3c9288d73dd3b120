package io.remoterun.app.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Sends what each role says to a file in its own folder, and the rest to {@code logs/demo.log}: the
 * terminal is for the run.
 */
final class DemoLogs {
  private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger: %msg%n";

  private final LoggerContext context;

  private DemoLogs(LoggerContext context) {
    this.context = context;
  }

  /**
   * To be called before the first Spring application starts: Boot's own logging is switched off.
   */
  static DemoLogs start(DemoState state) {
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    DemoLogs logs = new DemoLogs(context);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(logs.file(state.folder().resolve("logs/demo.log")));
    logs.send("remote-run.webapp", state.webapp().resolve("logs/webapp.log"));
    for (DemoHost host : DemoHost.FLEET) {
      Path folder = state.of(host).resolve("logs");
      logs.send("remote-run.node." + host.id(), folder.resolve("node.log"));
      if (host.isRelay()) {
        logs.send("remote-run.relay." + host.id(), folder.resolve("relay.log"));
      }
    }
    return logs;
  }

  void stop() {
    context.stop();
  }

  private void send(String logger, Path file) {
    context.getLogger(logger).setAdditive(false);
    context.getLogger(logger).addAppender(file(file));
  }

  private FileAppender<ILoggingEvent> file(Path path) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setContext(context);
    appender.setFile(path.toString());
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }
}
