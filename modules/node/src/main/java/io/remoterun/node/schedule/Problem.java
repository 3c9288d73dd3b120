package io.remoterun.node.schedule;

/**
 * Something in a file that is not used.
 *
 * @param place file, and section where there is one
 */
public record Problem(String place, String words) {
  @Override
  public String toString() {
    return place + ": " + words;
  }
}
