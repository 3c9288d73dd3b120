package io.remoterun.app;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do where no role was chosen. */
final class NoRoleFailureAnalyzer extends AbstractFailureAnalyzer<NoRoleException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, NoRoleException cause) {
    return new FailureAnalysis(
        "Remote Run was not told what to be: " + cause.getMessage() + ".",
        "Name one or more of webapp, relay and node: ./remote-run relay, ./remote-run webapp,relay,"
            + " or --spring.profiles.active=relay. To try everything: ./remote-run demo",
        cause);
  }
}
