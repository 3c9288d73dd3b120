package io.remoterun.protocol.http;

import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.nio.charset.StandardCharsets;

/** A relay's answer that is no stream of events. */
final class RelayException extends RuntimeException {
  private final RunFailure.Kind kind;

  RelayException(RunFailure.Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /**
   * @param kindOf404 what it means here that there is no such thing
   */
  static RelayException refused(int status, byte[] body, Kind kindOf404) {
    String firstLine =
        new String(body, StandardCharsets.UTF_8).lines().findFirst().orElse("no reason given");
    Kind kind =
        switch (status) {
          case 401, 403 -> Kind.REFUSED;
          case 404 -> kindOf404;
          case 503 -> Kind.OVERLOADED;
          case 508 -> Kind.NO_ROUTE;
          default -> Kind.RELAY;
        };
    return new RelayException(
        kind, "answered HTTP status " + status + ": " + Printable.of(firstLine));
  }

  RunFailure.Kind kind() {
    return kind;
  }
}
