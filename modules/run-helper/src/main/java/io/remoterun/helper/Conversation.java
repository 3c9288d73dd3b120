package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * With the node: it sends its request, and later perhaps one byte, which means that the run is not
 * wanted any more; it is told what happens. When it is gone, nothing changes for the agent.
 *
 * <pre>
 *  0    1        5
 * +----+--------+---------+
 * |type| length | payload |
 * +----+--------+---------+
 *
 *  R  nothing was executed, because it is not allowed: why       alone
 *  B  nothing was executed, because there is no room now: why    alone
 *  N  the system could not execute it: why                       alone
 *  S  the agent runs: process id, space, command
 *  O  the agent has printed that, at most 8192 bytes             any number of times
 *  X  the agent has ended: exit code                             last, or
 *  K  the agent has ended: signal                                last
 * </pre>
 *
 * Texts are UTF-8, numbers in them decimal.
 */
final class Conversation {
  private static final int WHOLE_REQUEST_SECONDS = 5;

  private final Asker asker;
  private boolean isOver;

  Conversation(Asker asker) {
    this.asker = asker;
  }

  /** On a thread of its own, because there is no read with a deadline. */
  HelperRequest request() throws Refusal, InterruptedException {
    FutureTask<HelperRequest> request = new FutureTask<>(() -> HelperRequest.read(asker.in()));
    Thread.ofPlatform().daemon().start(request);
    try {
      return request.get(WHOLE_REQUEST_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new Refusal("no whole request within " + WHOLE_REQUEST_SECONDS + " s");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof Refusal refusal ? refusal : new Refusal("half a request: " + cause);
    }
  }

  /** Blocks until the node does not want the run any more, or is gone. */
  void onCancel(Runnable stop) {
    try {
      if (asker.in().read() >= 0) {
        stop.run();
      }
    } catch (IOException e) {
      // It is gone.
    }
  }

  void tell(char type, String words) {
    tell(type, UTF_8.encode(words));
  }

  /** After the last answer, or when nobody listens any more, nothing is sent. */
  synchronized void tell(char type, ByteBuffer payload) {
    if (isOver) {
      return;
    }
    int length = payload.remaining();
    ByteBuffer answer = ByteBuffer.allocate(5 + length).put((byte) type).putInt(length);
    try {
      asker.out().write(answer.put(payload).array());
      isOver = type != 'S' && type != 'O';
    } catch (IOException e) {
      isOver = true;
    }
  }
}
