package io.remoterun.webapp.http;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.remoterun.webapp.http.StrictRequests.Refusal;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is wrong with the first line and the headers of a request. */
final class RequestHead {
  private static final Pattern HOST =
      Pattern.compile("([a-zA-Z0-9._~-]+|\\[[0-9a-fA-F:.]+])(:[0-9]{1,5})?");

  /** Of two of these somebody in front may go by the other one. */
  static final List<String> ONCE =
      List.of(
          "X-API-Token",
          "Content-Type",
          "Authorization",
          "X-CSRF-Token",
          "Sec-Fetch-Site",
          "Origin");

  private RequestHead() {}

  static Optional<Refusal> problem(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return Optional.of(unreadable(request.decoderResult().cause()));
    }
    HttpHeaders headers = request.headers();
    if (!request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && !request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      return bad("malformed HTTP: the version should be 1.1");
    }
    if (!isAddress(request)) {
      return bad("malformed HTTP: the address");
    }
    if (!isHost(headers.getAll(HttpHeaderNames.HOST), request.protocolVersion())) {
      return bad("malformed HTTP: the header Host should be there once, with a host");
    }
    return ONCE.stream()
        .filter(name -> headers.getAll(name).size() > 1)
        .findFirst()
        .flatMap(name -> bad(givenTwice(name)));
  }

  static String givenTwice(String name) {
    return "the header " + name + " is given twice";
  }

  private static Optional<Refusal> bad(String words) {
    return Optional.of(Refusal.bad(words));
  }

  private static Refusal unreadable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return new Refusal(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the address is too long");
    }
    return cause instanceof TooLongFrameException
        ? new Refusal(
            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too large")
        : Refusal.bad("malformed HTTP: the first line or the headers");
  }

  private static boolean isHost(List<String> hosts, HttpVersion version) {
    return hosts.isEmpty()
        ? version.equals(HttpVersion.HTTP_1_0)
        : hosts.size() == 1 && HOST.matcher(hosts.getFirst()).matches();
  }

  /** A path, or, as for a proxy, all of it; Spring takes what Java takes for one. */
  private static boolean isAddress(HttpRequest request) {
    String text = request.uri();
    if (text.equals("*")) {
      return request.method().equals(HttpMethod.OPTIONS);
    }
    // Java takes other letters, which nobody has said the encoding of.
    if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      return false;
    }
    try {
      URI address = new URI(text.startsWith("//") ? "/" + text : text);
      return address.getRawFragment() == null
          && (text.startsWith("/")
              || "http".equals(address.getScheme())
              || "https".equals(address.getScheme()));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
