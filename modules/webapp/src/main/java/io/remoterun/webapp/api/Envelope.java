package io.remoterun.webapp.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What Rudder's API puts around every answer that is not an agent's output.
 *
 * @param action names what was asked for
 * @param result {@code success} or {@code error}
 * @param data of a success
 * @param errorDetails of an error, for a person
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Envelope(
    String action, String result, @Nullable Object data, @Nullable String errorDetails) {

  public static Envelope success(String action, Object data) {
    return new Envelope(action, "success", data, null);
  }

  public static Envelope error(String action, String details) {
    return new Envelope(action, "error", null, details);
  }
}
