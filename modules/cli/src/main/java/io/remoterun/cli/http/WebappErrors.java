package io.remoterun.cli.http;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.settings.Settings;
import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;
import tools.jackson.core.JacksonException;

/** What a person can do when the webapp cannot be asked, or does not want to. */
final class WebappErrors {
  private static final int MOST_CHARACTERS = 1000;

  private WebappErrors() {}

  /** Whether the request cannot have reached anybody. */
  static boolean wasNotHeard(IOException e) {
    return e instanceof ConnectException
        || e instanceof HttpConnectTimeoutException
        || e instanceof SSLException;
  }

  static Failure unreachable(Settings settings, IOException e) {
    return new Failure(words(settings, e));
  }

  static String words(Settings settings, IOException e) {
    String webapp = "the webapp at " + settings.url();
    return switch (e) {
      case SSLException tls when speaksPlain(tls) ->
          webapp + " does not speak TLS: use http:// if that is meant";
      case SSLException tls ->
          webapp
              + " cannot be trusted: "
              + innermost(tls)
              + "; if it is the right one use --ca-file or --pin";
      case ConnectException refused
          when refused.getCause() instanceof ConnectException cause
              && cause.getCause() instanceof UnresolvedAddressException ->
          "the name in " + settings.url() + " does not resolve: check the URL";
      case ConnectException refused ->
          webapp + " does not accept connections: check that it runs, and the URL (--url)";
      case HttpConnectTimeoutException late ->
          webapp + " does not answer: check the URL, and that no firewall is between";
      case HttpTimeoutException late -> webapp + " takes too long to answer: look at its log";
      default -> "the connection to " + webapp + " is lost: " + innermost(e);
    };
  }

  /** Java has no exception of its own for a server that answers without TLS. */
  static boolean speaksPlain(Exception e) {
    return innermost(e).contains("nrecognized SSL message");
  }

  static String innermost(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : Printable.of(cause.getMessage());
  }

  static Failure refused(Settings settings, HttpResponse<?> response, String body) {
    String said = said(body);
    return switch (response.statusCode()) {
      case 401 ->
          new Failure(
              "the webapp at "
                  + settings.url()
                  + " does not know the token: use remote-run login, or another token");
      case 429 ->
          new Failure(
              "too many requests"
                  + response
                      .headers()
                      .firstValue("Retry-After")
                      .map(seconds -> ": try again in " + Printable.of(seconds) + " s")
                      .orElse(""));
      // What makes no sense to it was said on the command line.
      case 400 -> said.isEmpty() ? strange(settings, response) : Failure.usage(said);
      default -> said.isEmpty() ? strange(settings, response) : new Failure(said);
    };
  }

  private static Failure strange(Settings settings, HttpResponse<?> response) {
    return new Failure(
        settings.url()
            + " answers with status "
            + response.statusCode()
            + ", and not as a Remote Run webapp: check the URL");
  }

  private static String said(String body) {
    try {
      return Printable.of(
          Webapp.JSON.readTree(body).path("errorDetails").asString(""), MOST_CHARACTERS);
    } catch (JacksonException e) {
      return "";
    }
  }
}
