package io.remoterun.protocol.http;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A run request as the form that Rudder's relays are posted: {@code asynchronous}, {@code
 * keep_output}, {@code conditions} (or its older name {@code classes}, which loses where both are
 * there) and {@code nodes}, the last two comma-separated; and two that are the product's own,
 * {@code format} and {@code output}. Other fields are ignored; the words of the errors are relayd's
 * where clients know them.
 */
public final class RunForm {
  public static final String MEDIA_TYPE = "application/x-www-form-urlencoded";

  /** The header that carries a run's id, in requests and in answers. */
  public static final String RUN_ID_HEADER = "X-Run-Id";

  /** The relays that a request has come through, comma-separated: a circle is seen by it. */
  public static final String PATH_HEADER = "X-Run-Path";

  /** The number of the last event that the caller has: the answer goes on after it. */
  public static final String LAST_EVENT_HEADER = "Last-Event-ID";

  private final Map<String, String> fields;

  private RunForm(Map<String, String> fields) {
    this.fields = fields;
  }

  /**
   * @throws BadRequest when a percent sign is not followed by two hexadecimal digits, or a field is
   *     there twice
   */
  public static RunForm parse(String body) {
    Map<String, String> fields = new HashMap<>();
    for (String field : body.split("&", -1)) {
      int equals = field.indexOf('=');
      String name = decode(equals < 0 ? field : field.substring(0, equals));
      String value = equals < 0 ? "" : decode(field.substring(equals + 1));
      if (!name.isEmpty() && fields.put(name, value) != null) {
        throw new BadRequest("field given twice: " + Printable.of(name));
      }
    }
    return new RunForm(fields);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadRequest("invalid percent encoding: " + Printable.of(text));
    }
  }

  /**
   * The nodes that the form names.
   *
   * @throws BadRequest when there is none, or one is no id
   */
  public RunTarget nodes() {
    return new RunTarget.Nodes(list("nodes").stream().map(NodeId::new).toList());
  }

  /**
   * @throws BadRequest when a field makes no sense
   */
  public RunRequest request(RunId id, RunTarget target) {
    String conditions = fields.containsKey("conditions") ? "conditions" : "classes";
    boolean followedWithoutOutput = isWithoutOutput();
    return new RunRequest(
        id,
        target,
        list(conditions).stream().map(Condition::new).toList(),
        flag("asynchronous") && !followedWithoutOutput,
        flag("keep_output") && !followedWithoutOutput);
  }

  private boolean isWithoutOutput() {
    String output = fields.get("output");
    if (output != null && !output.equals("none")) {
      throw new BadRequest("invalid output: " + Printable.of(output) + ", should be none");
    }
    return output != null;
  }

  /**
   * How the caller wants to be told what agents print, if it says so.
   *
   * @throws BadRequest when there is no such format
   */
  public Optional<OutputFormat> format() {
    return Optional.ofNullable(fields.get("format")).map(OutputFormat::parse);
  }

  private boolean flag(String name) {
    @Nullable String value = fields.get(name);
    return switch (value) {
      case null -> false;
      case "false" -> false;
      case "true" -> true;
      default ->
          throw new BadRequest(
              "invalid " + name + ": " + Printable.of(value) + ", should be true or false");
    };
  }

  /** An empty field is an empty list, not a list of one empty value. */
  private List<String> list(String name) {
    String value = fields.getOrDefault(name, "");
    return value.isEmpty() ? List.of() : Arrays.asList(value.split(",", -1));
  }

  /** Where the form of this target is posted to, below {@code /rudder/relay-api}. */
  public static String path(RunTarget target) {
    return switch (target) {
      case RunTarget.All() -> "/remote-run/all";
      case RunTarget.Nodes nodes -> "/remote-run/nodes";
    };
  }

  /** Where a run is found again, below {@code /rudder/relay-api}. */
  public static String runPath(RunId id) {
    return "/remote-run/runs/" + id;
  }

  /** The form's body. Conditions go under the name that every relay knows. */
  public static String encode(RunRequest request) {
    String flags =
        "asynchronous=" + request.asynchronous() + "&keep_output=" + request.keepOutput();
    return flags + what(request);
  }

  /**
   * The body by which a hop asks the next one for a run that it follows to the end. To relayd,
   * which does not know {@code output}, these two flags mean that lines are sent as they come; with
   * any others it says nothing at all before the agents have ended (its source, api/remote_run.rs).
   */
  static String following(RunRequest request) {
    String flags = "asynchronous=true&keep_output=true";
    return flags + (request.keepOutput() ? "" : "&output=none") + what(request);
  }

  private static String what(RunRequest request) {
    StringBuilder form = new StringBuilder();
    if (!request.conditions().isEmpty()) {
      form.append("&classes=").append(joined(request.conditions()));
    }
    if (request.target() instanceof RunTarget.Nodes(List<NodeId> ids)) {
      form.append("&nodes=").append(joined(ids));
    }
    return form.toString();
  }

  private static String joined(List<?> values) {
    String list = values.stream().map(Object::toString).collect(Collectors.joining(","));
    return URLEncoder.encode(list, StandardCharsets.UTF_8);
  }
}
