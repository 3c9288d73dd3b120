package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
  private final OutputStream out;
  private final CompletableFuture<HelperRequest> request = new CompletableFuture<>();
  private final CompletableFuture<Void> cancel = new CompletableFuture<>();
  private boolean isOver;

  /** Begins to listen, on a thread of its own, because there is no read with a deadline. */
  Conversation(Asker asker) {
    this.out = asker.out();
    Thread.ofPlatform().daemon().name("listens to the node").start(() -> listen(asker));
  }

  private void listen(Asker asker) {
    try {
      request.complete(HelperRequest.read(asker.in()));
      if (asker.in().read() >= 0) {
        cancel.complete(null);
      }
    } catch (IOException | RuntimeException e) {
      request.completeExceptionally(e);
    }
  }

  HelperRequest request(Duration most) throws Refusal {
    try {
      return request.get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Refusal("no whole request within " + most.toSeconds() + " s");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new Refusal(
          cause instanceof EOFException ? "half a request" : "a bad request: " + cause);
    } catch (InterruptedException e) {
      throw new Refusal("interrupted");
    }
  }

  void onCancel(Runnable stop) {
    var _ = cancel.thenRun(stop);
  }

  void tell(char type, String words) {
    tell(type, UTF_8.encode(words));
  }

  /** After the last answer, or when nobody listens any more, nothing is sent. */
  synchronized void tell(char type, ByteBuffer payload) {
    if (isOver) {
      return;
    }
    isOver = type != 'S' && type != 'O';
    int length = payload.remaining();
    try {
      out.write(
          ByteBuffer.allocate(5 + length).put((byte) type).putInt(length).put(payload).array());
    } catch (IOException e) {
      isOver = true;
    }
  }
}
