package io.remoterun.protocol.keys;

import java.nio.file.Path;

/** Pairs that the tests of this package share, because making one takes a tenth of a second. */
final class TestKeys {
  static final HostKey ALICE = HostKey.generate();
  static final HostKey BOB = HostKey.generate();

  private TestKeys() {}

  static Path resource(String name) throws Exception {
    var url = TestKeys.class.getResource(name);
    if (url == null) {
      throw new IllegalArgumentException("no test resource " + name);
    }
    return Path.of(url.toURI());
  }
}
