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

/** The whole class is skipped unless root runs it, and fails with {@code CI=true}. */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsRoot.Condition.class)
public @interface NeedsRoot {

  /** Looks who runs the tests. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      try {
        if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
          return ConditionEvaluationResult.enabled("this is root");
        }
      } catch (IOException e) {
        throw new AssertionError("who am I?", e);
      }
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError("these tests need root; CI=true, so this is a failure");
      }
      return ConditionEvaluationResult.disabled("needs root");
    }
  }
}
