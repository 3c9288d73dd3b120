package io.remoterun.webapp.api;

import io.remoterun.protocol.http.Heartbeats;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;

/** Heartbeats for those in front who cannot wait: blank lines in an output, never within a line. */
final class BlankLines {
  private static final byte[] BLANK = {'\n'};

  private BlankLines() {}

  static Flux<byte[]> between(Flux<byte[]> output, Duration every) {
    return Flux.defer(
        () -> {
          AtomicBoolean isAtLineStart = new AtomicBoolean(true);
          Flux<Optional<byte[]>> printed =
              output.map(
                  bytes -> {
                    if (bytes.length > 0) {
                      isAtLineStart.set(bytes[bytes.length - 1] == '\n');
                    }
                    return Optional.of(bytes);
                  });
          return Heartbeats.between(printed, Optional.empty(), every)
              .filter(bytes -> bytes.isPresent() || isAtLineStart.get())
              .map(bytes -> bytes.orElse(BLANK));
        });
  }
}
