package io.remoterun.protocol.run;

import java.util.UUID;

/** Names one run at every hop, so that log lines of different machines can be put together. */
public record RunId(UUID value) {
  public static RunId random() {
    return new RunId(UUID.randomUUID());
  }

  /**
   * @throws BadRequest when the text is no UUID in its canonical form
   */
  public static RunId parse(String text) {
    try {
      UUID uuid = UUID.fromString(text);
      // fromString also takes "1-1-1-1-1": one run would have many names.
      if (uuid.toString().equalsIgnoreCase(text)) {
        return new RunId(uuid);
      }
    } catch (IllegalArgumentException e) {
      // said below, in the same words
    }
    throw new BadRequest("invalid run id: " + Printable.of(text) + ", should be a UUID");
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
