package io.remoterun.webapp.api;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import java.util.List;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/** How values become JSON: what is one text in Java is one in JSON. */
final class Json {
  static final JsonMapper MAPPER = JsonMapper.builder().addModule(texts()).build();

  private Json() {}

  private static SimpleModule texts() {
    ValueSerializer<Object> text = ToStringSerializer.instance;
    SimpleModule module = new SimpleModule();
    List.of(NodeId.class, RunId.class, Condition.class)
        .forEach(type -> module.addSerializer(type, text));
    return module;
  }
}
