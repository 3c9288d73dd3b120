package io.remoterun.relay.mainconf;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do about a {@code main.conf} that cannot be used, in place of a stack trace. */
final class BrokenMainConfAnalyzer extends AbstractFailureAnalyzer<BrokenMainConfException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, BrokenMainConfException cause) {
    return new FailureAnalysis(
        String.valueOf(cause.getMessage()),
        "Put " + cause.file() + " right (it is TOML), or give the relay a relay.yml instead.",
        cause);
  }
}
