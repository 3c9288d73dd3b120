package io.remoterun.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.remoterun.testing.Eventually;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What is logged to one logger, and to those below it, while this is open: {@code LEVEL message},
 * and the exception where there is one. The logger is set to DEBUG meanwhile.
 */
public final class CapturedLog implements AutoCloseable {
  private final Logger logger;
  private final @Nullable Level level;
  private final Lines appender = new Lines();

  private CapturedLog(Logger logger) {
    this.logger = logger;
    this.level = logger.getLevel();
  }

  /** Listens from now on. */
  public static CapturedLog of(String loggerName) {
    CapturedLog log = new CapturedLog((Logger) LoggerFactory.getLogger(loggerName));
    log.appender.setContext(log.logger.getLoggerContext());
    log.appender.start();
    log.logger.addAppender(log.appender);
    log.logger.setLevel(Level.DEBUG);
    return log;
  }

  /** What there is by now, oldest first. */
  public List<String> lines() {
    return List.copyOf(appender.lines);
  }

  /**
   * Waits for a line that contains all of these.
   *
   * @return the first such line
   */
  public String await(String... parts) {
    Eventually.await("a log line with " + List.of(parts), () -> find(parts) != null, this::lines);
    String line = find(parts);
    if (line == null) {
      throw new IllegalStateException("a log line was taken back");
    }
    return line;
  }

  private @Nullable String find(String... parts) {
    for (String line : appender.lines) {
      if (List.of(parts).stream().allMatch(line::contains)) {
        return line;
      }
    }
    return null;
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setLevel(level);
    appender.stop();
  }

  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      var thrown = event.getThrowableProxy();
      String suffix =
          thrown == null ? "" : " " + thrown.getClassName() + ": " + thrown.getMessage();
      lines.add(event.getLevel() + " " + event.getFormattedMessage() + suffix);
    }
  }
}
