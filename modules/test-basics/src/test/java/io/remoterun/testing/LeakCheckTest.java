package io.remoterun.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.container;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

@MayLeave("it runs classes that leave something")
class LeakCheckTest {

  @Test
  void failsAClassThatLeavesSomethingBehind() {
    run(Careless.class)
        .containerEvents()
        .assertThatEvents()
        .haveExactly(1, event(container(), finishedWithFailure(message(this::namesTheLeak))));
  }

  private boolean namesTheLeak(String text) {
    return text.startsWith("LeakCheckTest$Careless left behind:\n  uncaught in thread forgotten")
        && text.contains("nobody sees this");
  }

  @Test
  void letsNestedClassesUseWhatTheOuterOneOpened() {
    EngineExecutionResults results = run(Careful.class);

    results.containerEvents().assertStatistics(containers -> containers.failed(0));
    results.testEvents().assertStatistics(tests -> tests.succeeded(2));
  }

  @Test
  void looksAtClassesThatDoNotNameItAndNotAtThoseThatSayWhyNot() {
    runAlone(Unaware.class).containerEvents().assertStatistics(it -> it.failed(1));
    runAlone(Excused.class).containerEvents().assertStatistics(it -> it.failed(0));
  }

  /** As Maven does. */
  private static EngineExecutionResults runAlone(Class<?> testClass) {
    return EngineTestKit.engine("junit-jupiter")
        .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
        .selectors(selectClass(testClass))
        .execute();
  }

  private static EngineExecutionResults run(Class<?> testClass) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectClass(testClass)).execute();
  }

  private static void forget() throws InterruptedException {
    Thread thread =
        Thread.ofVirtual()
            .name("forgotten")
            .start(
                () -> {
                  throw new IllegalStateException("nobody sees this");
                });
    thread.join();
  }

  @ExtendWith(LeakCheck.class)
  static class Careless {
    @Test
    void passes() throws InterruptedException {
      forget();
    }
  }

  static class Unaware {
    @Test
    void passes() throws InterruptedException {
      forget();
    }
  }

  @MayLeave("this is a test")
  static class Excused {
    @Test
    void passes() throws InterruptedException {
      forget();
    }
  }

  @ExtendWith(LeakCheck.class)
  static class Careful {
    private static @Nullable ServerSocket forAll;

    @BeforeAll
    static void opens() throws IOException {
      forAll = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterAll
    static void closes() throws IOException {
      if (forAll != null) {
        forAll.close();
      }
    }

    @Nested
    class First {
      @Test
      void passes() {}
    }

    @Nested
    class Second {
      @Test
      void passes() {}
    }
  }
}
