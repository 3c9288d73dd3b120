package io.remoterun.node.schedule;

/**
 * Something that is not used of a file, or not run as it is said there.
 *
 * @param place file, and section where there is one; or a section
 */
public record Problem(String place, String words) {
  @Override
  public String toString() {
    return place + ": " + words;
  }
}
