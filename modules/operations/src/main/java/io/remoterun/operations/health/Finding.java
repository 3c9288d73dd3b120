package io.remoterun.operations.health;

/**
 * How a part was found.
 *
 * @param words what was seen, for who may see details; empty when there is nothing to say
 */
public record Finding(boolean isUp, String words) {
  public static Finding up() {
    return up("");
  }

  public static Finding up(String words) {
    return new Finding(true, words);
  }

  public static Finding down(String words) {
    return new Finding(false, words);
  }

  String status() {
    return isUp ? "UP" : "DOWN";
  }
}
