package io.remoterun.protocol.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void keepsALogLineALine() {
    assertThat(Printable.of("a\nb\r\u0085\u2028\u001b[31mc\u0000\u202e"))
        .isEqualTo("a?b????[31mc??");
  }

  @Test
  void keepsWhatPeopleCanRead() {
    assertThat(Printable.of("é 条件 😀")).isEqualTo("é 条件 😀");
  }

  @Test
  void cutsWhatIsTooLong() {
    assertThat(Printable.of("x".repeat(201))).isEqualTo("x".repeat(200) + "...");
    assertThat(Printable.of("x".repeat(200))).hasSize(200);
  }
}
