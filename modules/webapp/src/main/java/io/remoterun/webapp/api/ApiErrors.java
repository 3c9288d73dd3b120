package io.remoterun.webapp.api;

import io.netty.channel.ChannelException;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.webapp.accounts.Busy;
import io.remoterun.webapp.audit.AuditUnavailable;
import io.remoterun.webapp.nodes.UnreadableFleet;
import io.remoterun.webapp.store.StoreUnavailable;
import java.net.URLDecoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/** Says in an envelope, with the right status, what went wrong before anything was answered. */
@Order(-2)
public final class ApiErrors implements ErrorWebExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private final HttpStatus unknownNode;
  private final HttpStatus unsupported;

  /**
   * @param status500 whether an unknown node, and one whose agent cannot be triggered, is answered
   *     with 500, as Rudder does, instead of 404 and 409
   */
  public ApiErrors(boolean status500) {
    this.unknownNode = status500 ? HttpStatus.INTERNAL_SERVER_ERROR : HttpStatus.NOT_FOUND;
    this.unsupported = status500 ? HttpStatus.INTERNAL_SERVER_ERROR : HttpStatus.CONFLICT;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable e) {
    if (exchange.getResponse().isCommitted()
        || DisconnectedClientHelper.isClientDisconnectedException(e)) {
      return Mono.error(e);
    }
    return switch (e) {
      case UnknownNode unknown -> Answers.error(exchange, unknownNode, said(unknown));
      // In the words of Rudder, and no others.
      case NoRun none when none.failure().kind() == RunFailure.Kind.UNSUPPORTED ->
          Answers.error(exchange, unsupported, none.failure().reason());
      case NoRun none ->
          Answers.error(
              exchange, HttpStatusCode.valueOf(none.failure().kind().httpStatus()), said(none));
      case UnreadableFleet unreadable ->
          Answers.error(exchange, HttpStatus.INTERNAL_SERVER_ERROR, said(unreadable));
      case NoNodes none -> Answers.error(exchange, HttpStatus.BAD_REQUEST, said(none));
      case NotDone no when no.status() == HttpStatus.SERVICE_UNAVAILABLE ->
          Answers.notNow(exchange, said(no));
      case NotDone no -> Answers.error(exchange, no.status(), said(no));
      case AuditUnavailable away ->
          Answers.error(exchange, HttpStatus.SERVICE_UNAVAILABLE, said(away));
      case BadRequest bad -> Answers.error(exchange, HttpStatus.BAD_REQUEST, said(bad));
      case Busy busy -> Answers.notNow(exchange, said(busy));
      case TooMany many -> Answers.tooMany(exchange, said(many), many.untilNext());
      case StoreUnavailable away ->
          Answers.error(exchange, HttpStatus.SERVICE_UNAVAILABLE, said(away));
      case InvalidMediaTypeException bad ->
          Answers.error(exchange, HttpStatus.BAD_REQUEST, "malformed header: " + said(bad));
      case DataBufferLimitException large ->
          Answers.error(exchange, HttpStatus.CONTENT_TOO_LARGE, "the body is too large");
      case IllegalArgumentException bad when isBrokenEncoding(bad) ->
          Answers.error(exchange, HttpStatus.BAD_REQUEST, "malformed form: " + said(bad));
      // Reactor Netty's for a request that takes too long, after which it ends the connection.
      case ChannelException late ->
          Answers.error(exchange, HttpStatus.REQUEST_TIMEOUT, "the request took too long");
      case ResponseStatusException status ->
          Answers.error(exchange, status.getStatusCode(), said(exchange, status));
      default -> internal(exchange, e);
    };
  }

  /** Spring passes this on as it is, wherever a form is read. */
  private static boolean isBrokenEncoding(IllegalArgumentException e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length > 0 && trace[0].getClassName().equals(URLDecoder.class.getName());
  }

  private static Mono<Void> internal(ServerWebExchange exchange, Throwable e) {
    log.error("{} failed", request(exchange), e);
    return Answers.error(
        exchange, HttpStatus.INTERNAL_SERVER_ERROR, "webapp: internal error, see its log");
  }

  private static String said(ServerWebExchange exchange, ResponseStatusException e) {
    if (e.getReason() != null && e.getStatusCode().value() != HttpStatus.NOT_FOUND.value()) {
      return e.getReason();
    }
    HttpStatus status = HttpStatus.resolve(e.getStatusCode().value());
    return (status == null ? "Error" : status.getReasonPhrase()) + ": " + request(exchange);
  }

  private static String said(RuntimeException e) {
    return String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}", "?");
  }

  private static String request(ServerWebExchange exchange) {
    return Printable.of(
        exchange.getRequest().getMethod() + " " + exchange.getRequest().getPath().value());
  }
}
