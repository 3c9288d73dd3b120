package io.remoterun.webapp.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import java.nio.charset.Charset;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/** A body of JSON, read strictly: what is not understood is an error and not ignored. */
public final class RequestBody {
  /** More than 20,000 nodes need. */
  static final int MOST_BYTES = 1 << 20;

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  private RequestBody() {}

  /** Empty when there is none. Fails with {@link BadRequest} when it is not as it should be. */
  public static <T> Mono<T> of(ServerWebExchange exchange, Class<T> type) {
    return bytes(exchange, MOST_BYTES)
        .map(
            bytes -> {
              requireJson(exchange.getRequest().getHeaders().getContentType());
              return parse(bytes, type);
            });
  }

  static BadRequest missing() {
    return new BadRequest("the body is missing: it should be a JSON object");
  }

  /** Empty when there is none. */
  static Mono<byte[]> bytes(ServerWebExchange exchange, int most) {
    return DataBufferUtils.join(exchange.getRequest().getBody(), most)
        .map(RequestBody::bytes)
        .filter(bytes -> bytes.length > 0);
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  private static void requireJson(@Nullable MediaType type) {
    if (type != null && !MediaType.APPLICATION_JSON.isCompatibleWith(type)) {
      throw new ResponseStatusException(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          "the body should be application/json: add the header Content-Type: application/json");
    }
    requireUtf8(type);
  }

  /** What is read in another way is something else. */
  static void requireUtf8(@Nullable MediaType type) {
    Charset charset = type == null ? null : type.getCharset();
    if (charset != null && !charset.equals(UTF_8) && !charset.equals(US_ASCII)) {
      throw new ResponseStatusException(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE, "the body should be UTF-8");
    }
  }

  private static <T> T parse(byte[] json, Class<T> type) {
    try {
      T body = STRICT.readValue(json, type);
      if (body == null) {
        throw new BadRequest("the body should be a JSON object, and is null");
      }
      return body;
    } catch (UnrecognizedPropertyException e) {
      throw new BadRequest(
          "unknown field in the body: "
              + Printable.of(path(e))
              + ", should be one of "
              + e.getKnownPropertyIds());
    } catch (DatabindException e) {
      throw new BadRequest(
          e.getPath().isEmpty()
              ? "the body should be a JSON object"
              : "invalid field in the body: " + Printable.of(path(e)));
    } catch (JacksonException e) {
      throw new BadRequest("the body is wrong at " + place(e));
    }
  }

  private static String place(JacksonException e) {
    return e.getLocation() == null
        ? Printable.of(e.getOriginalMessage())
        : "line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }

  private static String path(DatabindException e) {
    List<JacksonException.Reference> path = e.getPath();
    return path.stream()
        .map(part -> part.getPropertyName() == null ? "" + part.getIndex() : part.getPropertyName())
        .collect(Collectors.joining("."));
  }
}
