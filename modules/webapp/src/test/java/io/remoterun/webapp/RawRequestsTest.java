package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.MayLeave;
import io.remoterun.testkit.ScriptedRelay;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests as bytes that no HTTP client would send. Each is told what is wrong, or, where it is no
 * HTTP at all, its connection ends; no run begins, and others are answered after it.
 */
@Timeout(60)
@NullUnmarked
@MayLeave("Reactor Netty and Spring tell some errors once more than is listened to")
class RawRequestsTest {
  private static final String TRIGGER = "POST /rudder/api/latest/nodes/n1/applyPolicy";
  private static final String RUNS = "POST /rudder/api/latest/remote-runs";
  private static final String BODY = "{\"targets\":{\"nodes\":[\"n1\"]}}";

  @TempDir static Path folder;
  private static ScriptedRelay relay;
  private static RunningWebapp webapp;
  private static RunningWebapp behindAFrontEnd;

  /** May trigger n1 and nothing else: what is not n1 is not there. */
  private static String token;

  private static String tokenBehindAFrontEnd;

  @BeforeAll
  static void start() throws Exception {
    relay = new ScriptedRelay();
    webapp = RunningWebapp.start(folder, relay.url(), "request-timeout=500ms");
    token = account(webapp);
  }

  private static String account(RunningWebapp webapp) throws Exception {
    webapp.send(
        webapp.api("remote-run-groups/web").PUT(BodyPublishers.ofString("{\"nodes\":[\"n1\"]}")));
    String rights = "{\"run:trigger\":[\"web\"],\"run:read\":[\"web\"]}";
    return JsonMapper.shared()
        .readTree(
            webapp
                .send(
                    webapp
                        .api("remote-run-accounts")
                        .POST(
                            BodyPublishers.ofString(
                                "{\"name\":\"one\",\"rights\":" + rights + "}")))
                .body())
        .path("data")
        .path("token")
        .asString();
  }

  @BeforeAll
  static void startBehindAFrontEnd(@TempDir Path other) throws Exception {
    behindAFrontEnd =
        RunningWebapp.start(
            other,
            java.net.URI.create("http://127.0.0.1:1/rudder/relay-api/1"),
            "request-timeout=500ms",
            "security.trusted-proxies=127.0.0.1");
    tokenBehindAFrontEnd = account(behindAFrontEnd);
  }

  @AfterAll
  static void stop() {
    behindAFrontEnd.close();
    webapp.close();
    relay.close();
  }

  @AfterEach
  void goesOn() throws Exception {
    boolean hasBegun = relay.wasAsked();
    relay.reset();
    assertThat(hasBegun).as("a run has begun").isFalse();
    assertThat(webapp.send(webapp.api("nodes")).statusCode()).isEqualTo(200);
    assertThat(
            webapp
                .send(webapp.request("/rudder/api/latest/nodes").header("X-API-Token", token))
                .body())
        .as("its account and its group are there")
        .contains("\"n1\"");
  }

  private static String head(String line, String... headers) {
    return line
        + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Token: "
        + token
        + "\r\n"
        + String.join("", Stream.of(headers).map(header -> header + "\r\n").toList())
        + "\r\n";
  }

  private static String json(String... headers) {
    return head(
            RUNS,
            Stream.concat(Stream.of("Content-Type: application/json"), Stream.of(headers))
                .toArray(String[]::new))
        + BODY;
  }

  static Stream<Arguments> ids() {
    return Stream.of(
            "..",
            ".",
            "../../nodes/n1",
            "%2e%2e",
            "%2E",
            "..%2f..%2fetc",
            "x%2fn1",
            "%5c..",
            "\\..\\n1",
            "%00",
            "n1%00",
            "n1%0a",
            "n1%0d%0aX:y",
            "%252e%252e%252f",
            "n%2531",
            "%c0%ae%c0%ae",
            "%c0%af",
            "%e0%80%ae",
            "%ff",
            "%6",
            "%",
            "%zz",
            "%u006e1",
            "n1;a=b",
            "n1%3ba=b",
            ";n1",
            "n1.",
            "n1...",
            "n1%20",
            "%20n1",
            "n1/",
            "/n1",
            "n1%2f",
            "n1%23",
            "n1%3f",
            "n1*",
            "N1",
            "\u00ef\u00bc\u00ae1",
            "n\u0001",
            "a".repeat(129))
        .flatMap(
            id ->
                Stream.of(
                    Arguments.of(id, head("POST /rudder/api/latest/nodes/" + id + "/applyPolicy")),
                    Arguments.of(id, head("GET /rudder/api/latest/remote-runs/" + id)),
                    Arguments.of(
                        id, head("GET /rudder/api/latest/remote-run-groups/../nodes/" + id)),
                    Arguments.of(id, head("POST /rudder/api/latest/nodes/" + id + "/check")),
                    Arguments.of(id, admins("GET", "remote-run-accounts/" + id)),
                    Arguments.of(id, admins("DELETE", "remote-run-accounts/" + id)),
                    Arguments.of(id, admins("DELETE", "remote-run-accounts/" + id + "/tokens/x")),
                    Arguments.of(id, admins("DELETE", "remote-run-accounts/one/tokens/" + id)),
                    Arguments.of(id, admins("DELETE", "remote-run-groups/" + id)),
                    Arguments.of(id, head("GET /assets/" + id))));
  }

  /** By somebody who may do everything: what is not there is not there for him either. */
  private static String admins(String method, String path) {
    return head(method + " /rudder/api/latest/" + path).replace(token, webapp.token());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ids")
  void aStrangeIdIsNobodys(String name, String request) throws Exception {
    assertRefused(name, RawHttp.exchange(webapp.url(), request));
  }

  static Stream<Arguments> requests() {
    Map<String, String> all = new LinkedHashMap<>();
    String length = "Content-Length: " + BODY.length();
    all.put("token twice", head(TRIGGER, "X-API-Token: " + token));
    all.put("another token before", head(TRIGGER).replace("X-API", "X-API-Token: x\r\nX-API"));
    all.put("token twice in a line", head(TRIGGER).replace(token, token + ", " + token));
    all.put("key twice", json(length, "Idempotency-Key: a", "Idempotency-Key: a"));
    all.put(
        "version twice",
        head("POST /rudder/api/nodes/n1/applyPolicy", "X-API-Version: 21", "X-API-Version: 22"));
    all.put("type twice", json(length, "Content-Type: text/plain"));
    all.put("two lengths", json(length, "Content-Length: 5"));
    all.put("two lengths in a line", json(length + ", 5"));
    all.put("length and chunks", json(length, "Transfer-Encoding: chunked"));
    all.put("negative length", json("Content-Length: -1"));
    all.put("signed length", json("Content-Length: +" + BODY.length()));
    all.put("length is no number", json("Content-Length: x"));
    all.put("length is hexadecimal", json("Content-Length: 0x1c"));
    all.put("enormous length", json("Content-Length: 99999999999999999999"));
    all.put("length of two gibibytes", json("Content-Length: 2147483648"));
    all.put(
        "too long a body", json("Content-Length: 1048577") + " ".repeat(1048577 - BODY.length()));
    all.put(
        "too many chunks",
        json("Transfer-Encoding: chunked").replace(BODY, "")
            + ("10000\r\n" + " ".repeat(65536) + "\r\n").repeat(17)
            + "0\r\n\r\n");
    all.put(
        "broken chunk",
        json("Transfer-Encoding: chunked").replace(BODY, "zz\r\n" + BODY + "\r\n0\r\n\r\n"));
    all.put(
        "enormous chunk",
        json("Transfer-Encoding: chunked").replace(BODY, "ffffffffffffffff\r\n" + BODY));
    all.put("negative chunk", json("Transfer-Encoding: chunked").replace(BODY, "-1\r\n" + BODY));
    all.put("unknown encoding", json("Transfer-Encoding: gzip"));
    all.put("two encodings", json("Transfer-Encoding: identity", "Transfer-Encoding: chunked"));
    all.put("hidden encoding", json("Transfer-Encoding : chunked", length));
    all.put("other name of chunked", json("Transfer-Encoding: xchunked"));
    all.put("slow body", json("Content-Length: 1000"));
    all.put("slow head", head(TRIGGER).replace("\r\n\r\n", "\r\n"));
    all.put("no host", head(TRIGGER).replace("Host: x\r\n", ""));
    all.put("two hosts", head(TRIGGER, "Host: y"));
    all.put("host with a path", head(TRIGGER).replace("Host: x", "Host: x/../y"));
    all.put("host with a space", head(TRIGGER).replace("Host: x", "Host: x y"));
    all.put("header without colon", head(TRIGGER, "nonsense"));
    all.put("space before colon", head(TRIGGER, "X-Other : a"));
    all.put("NUL in a header", head(TRIGGER, "X-Other: a\u0000b"));
    all.put("CR in a header", head(TRIGGER, "X-Other: a\rb"));
    all.put("no header name", head(TRIGGER, ": b"));
    all.put("large header", head(TRIGGER, "X-Other: " + "a".repeat(9000)));
    all.put(
        "many headers",
        head(TRIGGER, Stream.generate(() -> "A: b").limit(3000).toArray(String[]::new)));
    all.put("large cookie", head(TRIGGER, "Cookie: a=" + "b".repeat(9000)));
    all.put(
        "long path", head("POST /rudder/api/latest/nodes/" + "n".repeat(9000) + "/applyPolicy"));
    all.put("long query", head(TRIGGER + "?a=" + "n".repeat(9000)));
    all.put("query is no UTF-8", head("GET /rudder/api/latest/remote-runs?by=%ff"));
    all.put("query is overlong UTF-8", head("GET /rudder/api/latest/remote-runs?by=%c0%80"));
    all.put("query is broken", head("GET /rudder/api/latest/remote-runs?by=%zz"));
    all.put("query has half an escape", head("GET /rudder/api/latest/remote-runs?by=%"));
    all.put("query has a NUL", head("GET /rudder/api/latest/remote-runs?by=%00"));
    all.put("raw byte in the query", head("GET /rudder/api/latest/remote-runs?by=\u00ff"));
    all.put("parameter twice", head("GET /rudder/api/latest/remote-runs?page=1&page=2"));
    all.put(
        "event twice",
        head(
            "GET /rudder/api/latest/remote-runs/x/events", "Last-Event-ID: 1", "Last-Event-ID: 2"));
    String form = "Content-Type: application/x-www-form-urlencoded";
    all.put("form is no UTF-8", head(TRIGGER, form, "Content-Length: 11") + "classes=%ff");
    all.put("form is broken", head(TRIGGER, form, "Content-Length: 11") + "classes=%zz");
    all.put("form has raw bytes", head(TRIGGER, form, "Content-Length: 9") + "classes=\u00ff");
    all.put(
        "form of another charset",
        head(TRIGGER, form + ";charset=utf-16", "Content-Length: 9") + "classes=a");
    all.put(
        "form of no charset",
        head(TRIGGER, form + ";charset=nonsense", "Content-Length: 9") + "classes=a");
    all.put("type of nothing", json(length).replace("application/json", "/"));
    all.put("accepts nonsense", head(TRIGGER, "Accept: /;q=x"));
    all.put("trace", head("TRACE /rudder/api/latest/nodes"));
    all.put("connect", head("CONNECT x:1"));
    all.put("small letters", head("post /rudder/api/latest/nodes/n1/applyPolicy"));
    all.put("star", head("OPTIONS *"));
    all.put("no slash", head("POST rudder/api/latest/nodes/n1/applyPolicy"));
    all.put("fragment", head(TRIGGER + "#a"));
    all.put("another version", head(TRIGGER).replace("HTTP/1.1", "HTTP/3.7"));
    all.put("no version", TRIGGER + "\r\n\r\n");
    all.put("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    all.put(
        "TLS",
        "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\u00a1\u0003\u0003"
            + "x".repeat(160)
            + "\r\n\r\n");
    all.put("no HTTP", "\u0000\u0001\u0002\u0003\r\n\r\n");
    all.put("two spaces", head(TRIGGER.replace("POST ", "POST  ").replace("n1", "n2")));
    return all.entrySet().stream().map(one -> Arguments.of(one.getKey(), one.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void aMalformedRequestIsRefused(String name, String request) throws Exception {
    assertRefused(name, RawHttp.exchange(webapp.url(), request));
  }

  static Stream<String> queries() {
    return Stream.of(
        "a[]=1",
        "a%5B%5D=1",
        "[",
        "]",
        "a=]b[",
        "a=[::1]",
        "=",
        "&",
        "?",
        "a=%2B+",
        "a:b@c/d",
        "a=;");
  }

  /** A front end speaks HTTPS for its clients, and passes on whatever they ask for. */
  @ParameterizedTest
  @MethodSource("queries")
  void aStrangeQueryIsReadBehindAFrontEndAsWithoutOne(String query) throws Exception {
    for (String line : new String[] {"GET /login?", "GET /?", "GET /rudder/api/latest/nodes?"}) {
      String request = head(line + query).replace("X-API-Token: " + token + "\r\n", "");
      String plain = RawHttp.exchange(behindAFrontEnd.url(), request);
      String secure = RawHttp.exchange(behindAFrontEnd.url(), throughHttps(request));
      assertThat(statusOf(plain)).as(plain).isIn("200", "302", "401");
      assertThat(statusOf(secure)).as(secure).isEqualTo(statusOf(plain));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void aMalformedRequestIsRefusedAlsoBehindAFrontEnd(String name, String request) throws Exception {
    String same = request.replace(token, tokenBehindAFrontEnd);
    assertRefused(name, RawHttp.exchange(behindAFrontEnd.url(), throughHttps(same)));
  }

  private static String throughHttps(String request) {
    return request.replace("Host: x\r\n", "Host: x\r\nX-Forwarded-Proto: https\r\n");
  }

  private static String statusOf(String answer) {
    return answer.split(" ", 3)[1];
  }

  private static void assertRefused(String name, String answer) {
    assertThat(answer).doesNotContain(token);
    // Strangers to the page are shown the way in, as for any other address that is not the API's.
    if (answer.startsWith("HTTP/1.1 302 ")) {
      assertThat(answer).contains("Location: /login\r\n");
    } else {
      assertThat(answer)
          .as(name)
          .startsWith("HTTP/1.1 4")
          .contains("\r\n\r\n{\"action\":")
          .contains("\"result\":\"error\",\"errorDetails\":");
    }
  }
}
