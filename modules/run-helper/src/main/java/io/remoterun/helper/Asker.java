package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: the node. It sends its request, and later perhaps one byte, which means that the run is
 * not wanted any more; it is told what happens. When it is gone, nothing changes for the agent.
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
 *  S  the agent runs: process id, space, grace in s, space, command
 *  O  the agent has printed that, at most 8192 bytes             any number of times
 *  X  the agent has ended: exit code, perhaps " left"            last, or
 *  K  the agent has ended: signal, perhaps " left"               last
 * </pre>
 *
 * Texts are UTF-8, numbers in them decimal. "left": it was stopped, and not all that it had started
 * has ended.
 *
 * @param user equal to another if both have the same id; nobody's equal if neither the kernel nor
 *     sudo tells who asks
 */
record Asker(UserPrincipal user, InputStream in, OutputStream out) {
  private static final int WHOLE_REQUEST_SECONDS = 5;
  private static final UserPrincipalLookupService USERS =
      FileSystems.getDefault().getUserPrincipalLookupService();

  /**
   * At standard input. Where sudo has started this program, it is believed whatever standard input
   * is; otherwise that must be a Unix socket, whose peer the kernel knows.
   */
  static Asker atStandardInput(@Nullable String sudoUid) throws IOException {
    InputStream in = new FileInputStream(FileDescriptor.in);
    if (sudoUid == null && System.inheritedChannel() instanceof SocketChannel socket) {
      UserPrincipal user = socket.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
      // Closing the channel would take standard error away, too.
      return new Asker(user, in, new FileOutputStream(FileDescriptor.in));
    }
    UserPrincipal user = sudoUid == null ? () -> "unknown" : USERS.lookupPrincipalByName(sudoUid);
    return new Asker(user, in, new FileOutputStream(FileDescriptor.out));
  }

  /** Root may ask, too: it could do without. */
  void mustBe(String allowed) throws IOException {
    try {
      if (!USERS.lookupPrincipalByName(allowed).equals(user)
          && !USERS.lookupPrincipalByName("root").equals(user)) {
        throw new Refusal("user " + name() + " may not ask, only " + allowed + " and root");
      }
    } catch (UserPrincipalNotFoundException e) {
      throw new Refusal("there is no user " + allowed);
    }
  }

  /** One word, whatever a directory of users calls him: in the audit log, others follow it. */
  String name() {
    return user.getName().replace(' ', '?');
  }

  /** On a thread of its own, because there is no read with a deadline. */
  HelperRequest request() throws IOException, InterruptedException {
    FutureTask<HelperRequest> request = new FutureTask<>(() -> HelperRequest.read(in));
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
      if (in.read() >= 0) {
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
    int length = payload.remaining();
    ByteBuffer answer = ByteBuffer.allocate(5 + length).put((byte) type).putInt(length);
    try {
      out.write(answer.put(payload).array());
      if (type != 'S' && type != 'O') {
        out.close();
      }
    } catch (IOException e) {
      // It is gone, or it has been told the end.
    }
  }
}
