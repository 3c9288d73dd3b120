package io.remoterun.testkit;

import io.remoterun.protocol.keys.HostKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Key pairs that all tests of one JVM share: making one takes a tenth of a second. */
public final class TestKeys {
  private static final Map<String, HostKey> KEYS = new ConcurrentHashMap<>();

  private TestKeys() {}

  /** The pair of that name: the same one for the same name, another one for another. */
  public static HostKey of(String name) {
    return KEYS.computeIfAbsent(name, ignored -> HostKey.generate());
  }
}
