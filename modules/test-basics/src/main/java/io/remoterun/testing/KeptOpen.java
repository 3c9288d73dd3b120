package io.remoterun.testing;

import java.util.function.Predicate;

/** What a library of the tests keeps open for later: it is not looked at. Thread-safe. */
public final class KeptOpen {
  private static volatile Predicate<String> kept = target -> false;

  private KeptOpen() {}

  /**
   * @param target of a link in {@code /proc/self/fd}
   */
  public static synchronized void also(Predicate<String> target) {
    kept = kept.or(target);
  }

  static boolean has(String target) {
    return kept.test(target);
  }
}
