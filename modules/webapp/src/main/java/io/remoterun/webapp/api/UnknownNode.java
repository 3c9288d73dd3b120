package io.remoterun.webapp.api;

import io.remoterun.protocol.run.Printable;

/** In the words of Rudder, which its clients may look for. */
final class UnknownNode extends RuntimeException {
  UnknownNode(String id) {
    super("Node with id '" + Printable.of(id) + "' was not found", null, false, false);
  }
}
