package io.remoterun.app;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class NodeTrainingTest {

  @Test
  @Timeout(60)
  void aNodeTriggersItselfOnceAndEnds() {
    assertThatCode(() -> NodeTraining.run()).doesNotThrowAnyException();
  }
}
