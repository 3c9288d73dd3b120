package io.remoterun.webapp.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.remoterun.webapp.api.Envelope;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers what is no proper HTTP in the API's envelope and ends the connection, before anybody else
 * could understand it in another way. Of one connection; on its event loop.
 */
final class StrictRequests extends ChannelDuplexHandler {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private final HeadTimeout head;
  private int unanswered;
  private boolean isAnswering;
  private boolean isOver;

  StrictRequests(HeadTimeout head) {
    this.head = head;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (isOver) {
      ReferenceCountUtil.release(message);
      return;
    }
    Optional<Refusal> refusal = Optional.empty();
    if (message instanceof HttpRequest request) {
      head.headIsThere();
      refusal = Refusal.of(request);
      unanswered++;
    } else if (message instanceof HttpContent content && content.decoderResult().isFailure()) {
      refusal = Optional.of(Refusal.BODY);
    }
    if (message instanceof LastHttpContent) {
      head.requestIsThere();
    }
    if (refusal.isPresent()) {
      ReferenceCountUtil.release(message);
      refuse(context, refusal.get());
    } else {
      context.fireChannelRead(message);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == HeadTimeout.Late.HEAD && !isOver) {
      unanswered++;
      refuse(context, Refusal.LATE);
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  /** Of a connection on which an answer is on its way no more can be said. */
  private void refuse(ChannelHandlerContext context, Refusal refusal) {
    isOver = true;
    log.warn(
        "refused what {} has sent with {}: {}",
        context.channel().remoteAddress(),
        refusal.status().code(),
        refusal.words());
    if (unanswered > 1 || isAnswering) {
      var _ = context.close();
    } else {
      context.writeAndFlush(answer(refusal)).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static HttpResponse answer(Refusal refusal) {
    byte[] json = JsonMapper.shared().writeValueAsBytes(Envelope.error("unknown", refusal.words()));
    DefaultFullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, refusal.status(), Unpooled.wrappedBuffer(json));
    answer
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .set(HttpHeaderNames.CONTENT_LENGTH, json.length)
        .set(HttpHeaderNames.CONNECTION, "close")
        .set("X-Content-Type-Options", "nosniff");
    return answer;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (isOver) {
      ReferenceCountUtil.release(message);
      promise.tryFailure(new ClosedChannelException());
      return;
    }
    if (message instanceof HttpResponse answer) {
      isAnswering = !answer.status().codeClass().equals(HttpStatusClass.INFORMATIONAL);
    }
    if (message instanceof LastHttpContent && isAnswering) {
      isAnswering = false;
      unanswered--;
    }
    var _ = context.write(message, promise);
  }

  /** What is wrong, in words that repeat nothing of it. */
  record Refusal(HttpResponseStatus status, String words) {
    static final Refusal BODY = bad("malformed HTTP: the body");
    static final Refusal LATE =
        new Refusal(HttpResponseStatus.REQUEST_TIMEOUT, "the request took too long");

    static Refusal bad(String words) {
      return new Refusal(HttpResponseStatus.BAD_REQUEST, words);
    }

    static Optional<Refusal> of(HttpRequest request) {
      return RequestHead.problem(request);
    }
  }
}
