package io.remoterun.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BuildVersionTest {

  @Test
  void isTheOneOfTheBuild() {
    assertThat(BuildVersion.full()).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
    assertThat(BuildVersion.full()).startsWith(BuildVersion.major() + ".");
    assertThat(BuildVersion.userAgent()).isEqualTo("remote-run/" + BuildVersion.full());
  }
}
