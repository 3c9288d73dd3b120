package io.remoterun.webapp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.webapp.ApiDocument.Operation;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Makes requests of an operation, as the document allows them and as it does not. */
final class GeneratedRequests {
  private static final int MORE_THAN_ANY_BODY = 1_100_000;

  private static final List<String> ACCEPTED =
      List.of(
          "*/*",
          "application/json",
          "text/html",
          "application/x-ndjson",
          "text/event-stream",
          "image/png;q=0.1",
          "nonsense",
          "a/b/c;;;",
          "application/json;q=x");

  private static final List<String> TYPES =
      List.of(
          "application/json; charset=utf-16",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x",
          "text/plain",
          "application/xml",
          "application/json-patch+json",
          "nonsense",
          "a/b/c;;;",
          "application/");

  private final ApiDocument document;
  private final GeneratedValues values;
  private final Random random;
  private final Known known;

  /** The names of what there is at the moment, for a parameter of an operation; may be empty. */
  interface Known {
    List<String> names(Operation operation, String parameter);
  }

  /** What the document says of a request; of some it does not say enough. */
  enum Verdict {
    RIGHT,
    WRONG,
    ANY;

    Verdict and(Verdict other) {
      return this == WRONG || other == WRONG ? WRONG : this == ANY ? ANY : other;
    }
  }

  /** One request. */
  record Asked(
      Operation operation,
      String path,
      List<Map.Entry<String, String>> headers,
      @Nullable OutputBytes body,
      Verdict verdict) {
    @Override
    public String toString() {
      String text = body == null ? "" : new String(body.toByteArray(), UTF_8);
      return verdict
          + " "
          + operation.method()
          + " "
          + path
          + " "
          + headers
          + (text.isEmpty() ? "" : " " + (text.length() > 600 ? text.substring(0, 600) : text));
    }
  }

  GeneratedRequests(ApiDocument document, Random random, Known known) {
    this.document = document;
    this.values = new GeneratedValues(document, random);
    this.random = random;
    this.known = known;
  }

  Asked next(Operation operation) {
    return new Making(operation, random.nextInt(10) < 4 ? 0 : 0.2).request();
  }

  /** One that is being made. */
  private final class Making {
    private final Operation operation;
    private final double spoiling;
    private final List<Map.Entry<String, String>> headers = new ArrayList<>();
    private final List<Map.Entry<String, String>> query = new ArrayList<>();
    private @Nullable OutputBytes body;
    private Verdict verdict = Verdict.RIGHT;

    Making(Operation operation, double spoiling) {
      this.operation = operation;
      this.spoiling = spoiling;
    }

    private boolean isSpoilt() {
      return values.chance(spoiling);
    }

    private void is(Verdict part) {
      verdict = verdict.and(part);
    }

    Asked request() {
      String path = operation.path();
      for (JsonNode parameter : operation.parameters()) {
        String name = parameter.path("name").asString();
        switch (parameter.path("in").asString()) {
          case "path" -> path = path.replace("{" + name + "}", encoded(pathValue(parameter, name)));
          case "query" -> queryValue(parameter, name);
          default -> headerValue(parameter, name);
        }
      }
      if (isSpoilt() && values.chance(0.3)) {
        query.add(Map.entry(values.one(List.of("unknown", "Page", "a[]", "\u0000")), "1"));
        is(operation.isRudders() ? Verdict.ANY : Verdict.WRONG);
      }
      if (isSpoilt()) {
        headers.add(Map.entry("Accept", values.one(ACCEPTED)));
        is(Verdict.ANY);
      }
      body();
      return new Asked(operation, path + queryText(), headers, body, verdict);
    }

    private String pathValue(JsonNode parameter, String name) {
      List<String> names = known.names(operation, name);
      JsonNode schema = document.resolve(parameter.path("schema"));
      if (isSpoilt()) {
        String strange = values.strange();
        // An empty one would make it another path.
        String value = strange.isEmpty() || strange.startsWith(".") ? "%" : strange;
        judge(schema, value);
        return value;
      }
      return names.isEmpty() || values.chance(0.1)
          ? GeneratedValues.asText(values.good(schema))
          : values.one(names);
    }

    private void queryValue(JsonNode parameter, String name) {
      JsonNode schema = document.resolve(parameter.path("schema"));
      if (!values.chance(0.3)) {
        return;
      }
      boolean isList = schema.path("type").asString().equals("array");
      if (isSpoilt()) {
        String value = values.strange();
        query.add(Map.entry(name, value));
        if (isList || value.isEmpty() || operation.isRudders()) {
          is(Verdict.ANY);
        } else {
          judge(schema, value);
        }
      } else {
        JsonNode value = values.good(schema);
        if (isList) {
          value.forEach(one -> query.add(Map.entry(name, GeneratedValues.asText(one))));
        } else {
          query.add(Map.entry(name, GeneratedValues.asText(value)));
        }
      }
      if (isSpoilt() && values.chance(0.5)) {
        query.add(Map.entry(name, values.strange()));
        is(operation.isRudders() ? Verdict.ANY : Verdict.WRONG);
      }
    }

    private void headerValue(JsonNode parameter, String name) {
      if (!values.chance(0.4)) {
        return;
      }
      JsonNode schema = document.resolve(parameter.path("schema"));
      String value = isSpoilt() ? values.strange() : GeneratedValues.asText(values.good(schema));
      // Java's client sends no others; spaces around a value are no part of it.
      String header = value.replaceAll("[^\\x20-\\x7e]", "").strip();
      headers.add(Map.entry(name, header));
      if (header.isEmpty()) {
        is(Verdict.ANY);
      } else {
        judge(schema, header);
      }
      if (isSpoilt() && values.chance(0.3)) {
        headers.add(Map.entry(name, "2"));
        is(Verdict.WRONG);
      }
    }

    /** What is not as it should be is wrong; that something is of the right form is not enough. */
    private void judge(JsonNode schema, String text) {
      is(
          document.isValid(schema, GeneratedValues.typed(schema, text))
              ? Verdict.ANY
              : Verdict.WRONG);
    }

    private void body() {
      if (operation.bodies().isEmpty()) {
        if (isSpoilt() && values.chance(0.3)) {
          send("{\"a\":1}", "application/json");
          is(Verdict.ANY);
        }
        return;
      }
      if (isSpoilt() && values.chance(0.1)) {
        is(operation.needsBody() ? Verdict.WRONG : Verdict.ANY);
        return;
      }
      Map.Entry<String, JsonNode> kind = values.one(List.copyOf(operation.bodies().entrySet()));
      String type = kind.getKey();
      JsonNode good = values.good(kind.getValue());
      if (type.equals("application/json")) {
        json(good, kind.getValue());
      } else {
        form(isSpoilt() ? values.spoilt(good) : good, type);
      }
    }

    private void json(JsonNode good, JsonNode schema) {
      if (!isSpoilt()) {
        send(good.toString(), "application/json");
        return;
      }
      switch (random.nextInt(10)) {
        case 0 -> send(good.toString(), values.one(TYPES));
        case 1 -> send("{\"a\":".repeat(random.nextInt(1, 3000)), "application/json");
        case 2 -> send(good + "}", "application/json");
        case 3 -> send(" ".repeat(MORE_THAN_ANY_BODY) + good, "application/json");
        case 4 -> {
          send("", "application/json");
          body =
              OutputBytes.copyOf(
                  new byte[] {'{', '"', (byte) 0xc0, (byte) 0xaf, '"', ':', '1', '}'});
        }
        case 5 -> send(good.toString().replace("{", "{\"x\":1,\"x\":2,"), "application/json");
        default -> {
          JsonNode spoilt = values.spoilt(good);
          send(spoilt.toString(), "application/json");
          is(document.isValid(schema, spoilt) ? Verdict.ANY : Verdict.WRONG);
          return;
        }
      }
      is(Verdict.ANY);
    }

    private void form(JsonNode fields, String type) {
      String text =
          fields.properties().stream()
              .flatMap(
                  field ->
                      (field.getValue().isArray()
                              ? field.getValue().valueStream()
                              : java.util.stream.Stream.of(field.getValue()))
                          .map(
                              one ->
                                  encoded(field.getKey())
                                      + "="
                                      + encoded(GeneratedValues.asText(one))))
              .collect(Collectors.joining("&"));
      send(isSpoilt() ? text + "&%zz=%" : text, type);
      is(spoiling == 0 ? Verdict.RIGHT : Verdict.ANY);
    }

    private void send(String text, String type) {
      body = OutputBytes.copyOf(text.getBytes(UTF_8));
      headers.add(Map.entry("Content-Type", type));
    }

    private String queryText() {
      return query.isEmpty()
          ? ""
          : query.stream()
              .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
              .collect(Collectors.joining("&", "?", ""));
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  static JsonNode parse(String json) {
    return JsonMapper.shared().readTree(json);
  }
}
