package io.remoterun.node.agent;

import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.IOException;

/** There is no agent, or nothing more is known of it; and which layer says so. */
public final class LaunchFailure extends IOException {
  private final Kind kind;

  public LaunchFailure(Kind kind, String reason) {
    super(reason);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
