package io.remoterun.webapp.nodes;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import java.util.List;
import java.util.regex.Pattern;

/** Nodes that have a name together. */
public record Group(String name, Members members) {
  private static final Pattern VALID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}");

  /** Who belongs to a group. */
  public sealed interface Members {
    /** These, whether or not there are such nodes. */
    record Listed(List<NodeId> ids) implements Members {
      public Listed {
        ids = ids.stream().distinct().toList();
      }
    }

    /** Whichever nodes the query finds at the time. */
    record Matching(Query query) implements Members {}
  }

  /**
   * @throws BadRequest when the name is none
   */
  public Group {
    if (!VALID.matcher(name).matches()) {
      throw new BadRequest(
          "invalid group name: " + Printable.of(name) + ", should match " + VALID.pattern());
    }
  }
}
