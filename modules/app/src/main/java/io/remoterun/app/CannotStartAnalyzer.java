package io.remoterun.app;

import io.remoterun.protocol.conf.CannotStart;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Its words are enough: nobody has to read a stack trace for them. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class CannotStartAnalyzer extends AbstractFailureAnalyzer<CannotStart> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, CannotStart cause) {
    return new FailureAnalysis(
        cause.getMessage() + ".",
        "Put that right and start it again. docs/configuration.md has all settings.",
        cause);
  }
}
