package io.remoterun.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonWriter;
import org.springframework.boot.logging.structured.StructuredLoggingJsonMembersCustomizer;

/**
 * The run and the node that a log line is about, as fields of a structured log. They are taken from
 * what the line is made of: whoever logs about a run gives its {@link RunId}, and no thread has to
 * carry anything along. Loaded only where logs are structured.
 */
public final class RunFields implements StructuredLoggingJsonMembersCustomizer<ILoggingEvent> {

  @Override
  public void customize(JsonWriter.Members<ILoggingEvent> members) {
    members.add("run_id", RunFields::run).whenNotNull();
    members.add("node_id", RunFields::node).whenNotNull();
  }

  private static @Nullable String run(ILoggingEvent event) {
    for (@Nullable Object part : parts(event)) {
      if (part instanceof RunId run) {
        return run.toString();
      }
    }
    return null;
  }

  private static @Nullable String node(ILoggingEvent event) {
    for (@Nullable Object part : parts(event)) {
      if (part instanceof NodeId node) {
        return node.toString();
      }
      if (part instanceof RunEvent told) {
        return told.node().toString();
      }
    }
    return null;
  }

  private static @Nullable Object[] parts(ILoggingEvent event) {
    @Nullable Object @Nullable [] parts = event.getArgumentArray();
    return parts == null ? new @Nullable Object[0] : parts;
  }
}
