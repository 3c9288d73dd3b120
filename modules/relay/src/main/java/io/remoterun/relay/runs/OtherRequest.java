package io.remoterun.relay.runs;

import io.remoterun.protocol.run.RunId;

/** A run id that names a run already, and not the one that is asked for. */
public final class OtherRequest extends RuntimeException {
  OtherRequest(RunId id) {
    super("run " + id + " is known here, and was another request: send another X-Run-Id");
  }
}
