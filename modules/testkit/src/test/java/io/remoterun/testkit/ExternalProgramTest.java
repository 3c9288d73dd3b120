package io.remoterun.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ExternalProgramTest {

  @Test
  void isFoundInThePath() {
    assertThat(ExternalProgram.require("sh", "dash", "/nowhere:/bin", "true"))
        .hasToString("/bin/sh");
  }

  @Test
  void isSkippedWhereItIsMissing() {
    assertThatExceptionOfType(TestAbortedException.class)
        .isThrownBy(() -> ExternalProgram.require("cf-nothing", "cfengine9", "/bin", null))
        .withMessage("cf-nothing is not installed (Debian's package cfengine9 has it)");
  }

  @Test
  void isAFailureInCi() {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> ExternalProgram.require("cf-nothing", "cfengine9", null, "true"))
        .withMessageContaining("CI=true");
  }
}
