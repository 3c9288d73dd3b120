package io.remoterun.node.status;

import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * A node's status as JSON, indented. Written by hand and not by Jackson's mapper, whose classes
 * would stay in the node's memory from the first question on.
 */
final class StatusJson {
  private static final ObjectWriteContext INDENTED =
      new ObjectWriteContext.Base() {
        @Override
        public PrettyPrinter getPrettyPrinter() {
          return new DefaultPrettyPrinter();
        }
      };

  private final JsonGenerator json;

  private StatusJson(JsonGenerator json) {
    this.json = json;
  }

  static String of(NodeStatus status) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(INDENTED, text)) {
      new StatusJson(json).status(status);
    }
    return text.toString();
  }

  private void status(NodeStatus status) {
    json.writeStartObject();
    json.writeStringProperty("node", status.node());
    json.writeStringProperty("version", status.version());
    time("since", status.since());
    time("now", status.now());
    json.writeStringProperty("disabled", status.disabled());
    json.writeNumberProperty("connections", status.connections());
    list("running", status.running(), this::run);
    list("waiting", status.waiting(), this::run);
    list("last", status.last(), this::ended);
    json.writeName("schedule");
    schedule(status.schedule());
    json.writeEndObject();
  }

  private void run(NodeStatus.Run run) {
    json.writeStartObject();
    json.writeStringProperty("id", run.id());
    json.writeStringProperty("job", run.job());
    list("conditions", run.conditions(), json::writeString);
    json.writeStringProperty("askedBy", run.askedBy());
    time("since", run.since());
    json.writeEndObject();
  }

  private void ended(NodeStatus.Ended ended) {
    json.writeStartObject();
    json.writeName("run");
    run(ended.run());
    json.writeBooleanProperty("agent", ended.agent());
    json.writeNumberProperty("milliseconds", ended.milliseconds());
    json.writeBooleanProperty("failed", ended.failed());
    json.writeStringProperty("end", ended.end());
    json.writeEndObject();
  }

  private void schedule(NodeStatus.Schedule schedule) {
    json.writeStartObject();
    json.writeBooleanProperty("enabled", schedule.enabled());
    list("sections", schedule.sections(), this::section);
    list("problems", schedule.problems(), json::writeString);
    json.writeEndObject();
  }

  private void section(NodeStatus.Section section) {
    json.writeStartObject();
    json.writeStringProperty("name", section.name());
    list("command", section.command(), json::writeString);
    time("next", section.next());
    time("last", section.last());
    json.writeEndObject();
  }

  private void time(String name, @Nullable Instant time) {
    json.writeStringProperty(name, time == null ? null : time.toString());
  }

  private <T> void list(String name, List<T> values, Consumer<T> write) {
    json.writeArrayPropertyStart(name);
    values.forEach(write);
    json.writeEndArray();
  }
}
