package io.remoterun.protocol.run;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where in a trace something was asked for, as W3C's header {@code traceparent} has it. For who
 * looks at traces only: nothing depends on it.
 */
public record TraceParent(String text) {
  public static final String HEADER = "traceparent";

  /** Of the only version that there is; ids of zeros are none. */
  private static final Pattern FORM =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  public TraceParent {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("no traceparent: " + Printable.of(text));
    }
  }

  /** As the specification has it, one that makes no sense counts as none. */
  public static Optional<TraceParent> parse(@Nullable String header) {
    return Optional.ofNullable(header)
        .filter(text -> FORM.matcher(text).matches())
        .map(TraceParent::new);
  }

  /** 32 hexadecimal digits. */
  public String traceId() {
    return text.substring(3, 35);
  }

  /** Of the one who asks; 16 hexadecimal digits. */
  public String spanId() {
    return text.substring(36, 52);
  }

  /** Two hexadecimal digits; the last bit says whether it is recorded. */
  public String flags() {
    return text.substring(53);
  }
}
