package io.remoterun.node;

import io.remoterun.node.access.AccessPolicy;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Reads the configuration files again and replaces the access policy by what they say now. What
 * cannot be read replaces nothing. Thread-safe.
 */
final class PolicyReload {
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private final ConfigurableEnvironment environment;
  private final NodeProperties started;
  private final AtomicReference<AccessPolicy> access;
  private final Logger logger;
  private final ReentrantLock oneAfterTheOther = new ReentrantLock(true);

  /**
   * @param environment that the program was started with
   */
  PolicyReload(
      ConfigurableEnvironment environment,
      NodeProperties started,
      AtomicReference<AccessPolicy> access,
      Logger logger) {
    this.environment = environment;
    this.started = started;
    this.access = access;
    this.logger = logger;
  }

  /**
   * Reads files: not for event loops.
   *
   * @return whether the policy was replaced
   */
  boolean reload() {
    oneAfterTheOther.lock();
    try {
      NodeProperties now = read();
      AccessPolicy policy = started.withPolicyOf(now).accessPolicy();
      access.set(policy);
      logger.info("the access policy has been read again");
      PolicyWarnings.tell(policy, logger);
      if (!now.hasSameRest(started)) {
        logger.warn("other keys than those of the access policy have changed: they need a restart");
      }
      return true;
    } catch (RuntimeException e) {
      logger.error(
          "cannot reload {}, the access policy before still holds: {}",
          ReadAgain.files(environment),
          reasons(e));
      return false;
    } finally {
      oneAfterTheOther.unlock();
    }
  }

  private NodeProperties read() {
    return Binder.get(ReadAgain.of(environment))
        .bind(
            NodeProperties.PREFIX_OF_ALL,
            Bindable.of(NodeProperties.class),
            new NoUnboundElementsBindHandler(
                BindHandler.DEFAULT, new UnboundElementsSourceFilter()))
        .orElseThrow(() -> new IllegalArgumentException("remote-run.node is missing"));
  }

  /** Spring's outer messages say where, the inner ones what. One line, also of YAML's. */
  private static String reasons(Throwable failure) {
    StringBuilder words = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = SPACE.matcher(String.valueOf(cause.getMessage())).replaceAll(" ");
      if (words.indexOf(message) < 0) {
        words.append(words.isEmpty() ? "" : ": ").append(message);
      }
    }
    return words.toString();
  }
}
