package io.remoterun.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.Printable;

/** Words with a stranger's bytes in them, which go to a log or to a person. */
public final class Shown {
  /** A sentence of ours with one quotation in it. */
  private static final int MOST_CHARACTERS = 400;

  private Shown() {}

  /** Asserts that nothing in them can forge a line or fill a disk. */
  public static void assertIsSafe(String words) {
    assertThat(words).hasSizeLessThan(MOST_CHARACTERS * 2);
    words.codePoints().forEach(Shown::assertIsSafe);
  }

  private static void assertIsSafe(int codePoint) {
    String one = Character.toString(codePoint);
    if (!Printable.of(one).equals(one)) {
      throw new AssertionError("U+" + Integer.toHexString(codePoint) + " is shown");
    }
  }
}
