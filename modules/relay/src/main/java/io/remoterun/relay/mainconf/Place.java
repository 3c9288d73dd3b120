package io.remoterun.relay.mainconf;

import org.springframework.boot.origin.Origin;

/** Where a setting comes from. */
record Place(String file, String key) implements Origin {
  @Override
  public String toString() {
    return file + ": " + key;
  }
}
