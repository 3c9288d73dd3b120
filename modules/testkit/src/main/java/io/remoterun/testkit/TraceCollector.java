package io.remoterun.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * A collector of traces on a free port: OTLP over HTTP, protobuf, of which it reads what a test
 * looks at (opentelemetry-proto, {@code trace/v1/trace.proto}).
 */
public final class TraceCollector implements AutoCloseable {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final DisposableServer server =
      HttpServer.create()
          .host("127.0.0.1")
          .port(0)
          .route(
              routes ->
                  routes.post(
                      "/v1/traces",
                      (request, response) ->
                          request
                              .receive()
                              .aggregate()
                              .asByteArray()
                              .doOnNext(body -> spans.addAll(decode(body)))
                              .then(response.status(200).send().then())))
          .bindNow();

  /**
   * A step as it came.
   *
   * @param service who has sent it
   * @param parentId empty where the trace begins
   * @param began when
   * @param failed whether its status is an error
   */
  public record Span(
      String service,
      String name,
      String traceId,
      String spanId,
      String parentId,
      Instant began,
      boolean failed) {}

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.port() + "/v1/traces");
  }

  public List<Span> spans() {
    return List.copyOf(spans);
  }

  @Override
  public void close() {
    server.disposeNow();
  }

  /** One field of a message: its number, and its bytes if it has some, else its value. */
  private record Field(int number, ByteBuffer bytes, long value) {}

  static List<Span> decode(byte[] body) {
    ByteBuffer request = ByteBuffer.wrap(body);
    List<Span> spans = new ArrayList<>();
    for (Field resourceSpans : messages(request, 1)) {
      String service = "";
      for (Field resource : messages(resourceSpans.bytes(), 1)) {
        for (Field attribute : messages(resource.bytes(), 1)) {
          if (text(attribute.bytes(), 1).equals("service.name")) {
            service = text(messages(attribute.bytes(), 2).getFirst().bytes(), 1);
          }
        }
      }
      for (Field scopeSpans : messages(resourceSpans.bytes(), 2)) {
        for (Field span : messages(scopeSpans.bytes(), 2)) {
          spans.add(span(service, span.bytes()));
        }
      }
    }
    return spans;
  }

  private static Span span(String service, ByteBuffer span) {
    boolean failed =
        messages(span, 15).stream()
            .flatMap(status -> messages(status.bytes(), 3).stream())
            .anyMatch(code -> code.value() == 2);
    return new Span(
        service, text(span, 5), hex(span, 1), hex(span, 2), hex(span, 4), time(span, 7), failed);
  }

  private static String text(ByteBuffer message, int number) {
    List<Field> found = messages(message, number);
    return found.isEmpty() ? "" : UTF_8.decode(found.getFirst().bytes().duplicate()).toString();
  }

  private static String hex(ByteBuffer message, int number) {
    List<Field> found = messages(message, number);
    return found.isEmpty() ? "" : HexFormat.of().formatHex(bytes(found.getFirst()));
  }

  private static Instant time(ByteBuffer message, int number) {
    return Instant.EPOCH.plusNanos(messages(message, number).getFirst().value());
  }

  private static byte[] bytes(Field field) {
    byte[] bytes = new byte[field.bytes().remaining()];
    field.bytes().duplicate().get(bytes);
    return bytes;
  }

  private static List<Field> messages(ByteBuffer message, int number) {
    return fields(message).stream().filter(field -> field.number() == number).toList();
  }

  private static List<Field> fields(ByteBuffer message) {
    ByteBuffer rest = message.duplicate();
    List<Field> fields = new ArrayList<>();
    while (rest.hasRemaining()) {
      long tag = varint(rest);
      int number = (int) (tag >>> 3);
      switch ((int) tag & 7) {
        case VARINT -> fields.add(new Field(number, ByteBuffer.allocate(0), varint(rest)));
        case FIXED_64 -> fields.add(new Field(number, ByteBuffer.allocate(0), fixed64(rest)));
        case FIXED_32 -> rest.position(rest.position() + 4);
        case BYTES -> {
          int length = (int) varint(rest);
          fields.add(new Field(number, rest.slice(rest.position(), length), 0));
          rest.position(rest.position() + length);
        }
        default -> throw new IllegalArgumentException("no protobuf");
      }
    }
    return fields;
  }

  private static long fixed64(ByteBuffer rest) {
    return Long.reverseBytes(rest.getLong());
  }

  private static long varint(ByteBuffer rest) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte part = rest.get();
      value |= (part & 0x7fL) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("no varint");
  }
}
