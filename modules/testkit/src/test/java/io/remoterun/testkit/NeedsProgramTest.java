package io.remoterun.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

class NeedsProgramTest {

  @Test
  void letsTheClassRunWhereTheProgramIs() {
    testsOf(Possible.class).assertStatistics(tests -> tests.started(1).succeeded(1));
  }

  /** Skipped or, in CI, failed. */
  @Test
  void startsNothingWhereItIsMissing() {
    testsOf(Impossible.class).assertStatistics(tests -> tests.started(0));
  }

  private static Events testsOf(Class<?> testClass) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(testClass))
        .execute()
        .testEvents();
  }

  @NeedsProgram("sh")
  static class Possible {
    @Test
    void passes() {}
  }

  @NeedsProgram({"sh", "no-such-program-anywhere"})
  static class Impossible {
    @Test
    void passes() {}
  }
}
