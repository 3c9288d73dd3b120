package io.remoterun.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/**
 * The whole class is skipped where one of the programs is missing, and fails with {@code CI=true}.
 * Better than {@link ExternalProgram#require} in a {@code @BeforeAll}: a class that is given up
 * there is missing from Maven's reports, as if it had never been.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsProgram.Condition.class)
public @interface NeedsProgram {
  /** The programs' names. */
  String[] value();

  /** What to install to have them. */
  String debianPackage() default "cfengine3";

  /** Looks for the programs. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return context
          .getElement()
          .flatMap(element -> AnnotationSupport.findAnnotation(element, NeedsProgram.class))
          .map(Condition::lookFor)
          .orElse(ConditionEvaluationResult.enabled("needs no program"));
    }

    private static ConditionEvaluationResult lookFor(NeedsProgram needed) {
      try {
        for (String program : needed.value()) {
          ExternalProgram.require(program, needed.debianPackage());
        }
        return ConditionEvaluationResult.enabled("what it needs is there");
      } catch (TestAbortedException e) {
        return ConditionEvaluationResult.disabled(String.valueOf(e.getMessage()));
      }
    }
  }
}
