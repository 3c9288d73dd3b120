package io.remoterun.testkit;

import java.io.IOException;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skipped where whoever has started the tests has them ignore SIGHUP, as {@code nohup} does: Java
 * leaves it at that. With {@code CI=true} that is a failure.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsHangup.Condition.class)
public @interface NeedsHangup {

  /** Looks what the kernel says. */
  final class Condition implements ExecutionCondition {
    private static final String IGNORED = "SigIgn:\t";
    private static final int HUP = 1;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (!isIgnored()) {
        return ConditionEvaluationResult.enabled("SIGHUP is heard");
      }
      String reason = "SIGHUP is ignored here (nohup?)";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(reason + "; CI=true, so this is a failure");
      }
      return ConditionEvaluationResult.disabled(reason);
    }

    private static boolean isIgnored() {
      try {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith(IGNORED))
            .anyMatch(
                line -> (Long.parseUnsignedLong(line.substring(IGNORED.length()), 16) & HUP) != 0);
      } catch (IOException e) {
        throw new AssertionError("which signals are ignored?", e);
      }
    }
  }
}
