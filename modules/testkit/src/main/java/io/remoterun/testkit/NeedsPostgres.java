package io.remoterun.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The whole class is skipped where there can be no {@link PostgresServer}, and fails with {@code
 * CI=true}; see {@link NeedsProgram}.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsPostgres.Condition.class)
public @interface NeedsPostgres {

  /** Looks for Docker, and for the server's programs. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      List<String> missing = PostgresServer.missing();
      return missing.isEmpty()
          ? ConditionEvaluationResult.enabled("PostgreSQL is there")
          : ConditionEvaluationResult.disabled(String.join(", ", missing));
    }
  }
}
