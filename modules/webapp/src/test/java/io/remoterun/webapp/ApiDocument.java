package io.remoterun.webapp;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAPI document as it is served: its operations, and what its schemas say of a value. */
final class ApiDocument {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "patch", "head", "options");

  private final JsonNode root;
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  private final Map<JsonNode, Schema> schemas = new HashMap<>();

  ApiDocument(String json) {
    this.root = JsonMapper.shared().readTree(json);
  }

  /**
   * An operation.
   *
   * @param path below the base, such as {@code /nodes/{nodeId}/applyPolicy}
   * @param bodies schemas by media type
   * @param responses by status, resolved
   */
  record Operation(
      String id,
      String method,
      String path,
      boolean isRudders,
      List<JsonNode> parameters,
      boolean needsBody,
      Map<String, JsonNode> bodies,
      Map<Integer, JsonNode> responses) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    root.path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue().properties().stream()
                    .filter(method -> METHODS.contains(method.getKey()))
                    .map(
                        method ->
                            operation(
                                path.getKey(),
                                method.getKey(),
                                method.getValue(),
                                path.getValue().path("parameters")))
                    .forEach(operations::add));
    return operations;
  }

  private Operation operation(String path, String method, JsonNode json, JsonNode shared) {
    List<JsonNode> parameters = new ArrayList<>();
    shared.forEach(parameter -> parameters.add(resolve(parameter)));
    json.path("parameters").forEach(parameter -> parameters.add(resolve(parameter)));
    Map<String, JsonNode> bodies = new TreeMap<>();
    JsonNode body = resolve(json.path("requestBody"));
    body.path("content")
        .properties()
        .forEach(type -> bodies.put(type.getKey(), type.getValue().path("schema")));
    Map<Integer, JsonNode> responses = new HashMap<>();
    json.path("responses")
        .properties()
        .forEach(
            answer -> responses.put(Integer.valueOf(answer.getKey()), resolve(answer.getValue())));
    boolean isRudders = json.path("tags").path(0).asString().equals("nodes");
    return new Operation(
        json.path("operationId").asString(),
        method.toUpperCase(Locale.ROOT),
        path,
        isRudders,
        parameters,
        body.path("required").asBoolean(false),
        bodies,
        responses);
  }

  JsonNode resolve(JsonNode node) {
    Optional<String> reference = node.path("$ref").asStringOpt();
    return reference.isPresent() ? resolve(root.at(reference.get().substring(1))) : node;
  }

  /** What is wrong with the value by the schema; empty when nothing is. */
  List<Error> errors(JsonNode schema, JsonNode value) {
    return schemas.computeIfAbsent(schema, this::compile).validate(value);
  }

  boolean isValid(JsonNode schema, JsonNode value) {
    return errors(schema, value).isEmpty();
  }

  /** With all components beside it, so that it may refer to them. */
  private Schema compile(JsonNode schema) {
    ObjectNode whole = JsonMapper.shared().createObjectNode();
    whole.set("components", root.path("components"));
    whole.putArray("allOf").add(schema);
    return registry.getSchema(whole);
  }
}
