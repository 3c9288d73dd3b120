package io.remoterun.protocol.cfengine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.cfengine.Identification.Identity;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.Printable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The server's end of a connection, the role of cf-serverd: it is told what came and says what to
 * do. Of cf-serverd's services it has EXEC and VERSION, and for clients of ours CHECK; all others
 * are answered with {@code BAD:}. Who may do what is the caller's to decide. Not thread-safe.
 */
public final class ServerConversation {
  private enum State {
    VERSION_LINE,
    IDENTITY_LINE,
    IDENTIFIED,
    REQUEST,
    CLASS_FILTER,
    ANSWERING,
    BROKEN
  }

  /** More than a request that a client sends before it has read the answer to the one before. */
  private static final int MOST_BYTES_AHEAD = 2 * Transaction.MOST_PAYLOAD;

  private static final int MOST_FILTERS = 100;

  private final ReceivedBytes received = new ReceivedBytes();
  private final List<ServerAction> actions = new ArrayList<>();
  private State state = State.VERSION_LINE;
  private Identity client = new Identity("", false, Optional.empty());
  private OutputBytes exec = OutputBytes.ofUtf8("");
  private int filters;

  /** The first bytes of the connection. */
  public byte[] greeting() {
    return Identification.versionLine();
  }

  /** Takes all bytes of the buffer. After {@link ServerAction.Broken} everything is ignored. */
  public List<ServerAction> received(ByteBuffer bytes) {
    received.add(bytes);
    return takeAll();
  }

  /**
   * The client's key is that of the user: says so, and goes on. Says nothing to one that has broken
   * the protocol in the bytes with which it came: {@link ServerAction.Broken} is still to be done.
   */
  public List<ServerAction> welcome() {
    if (state == State.BROKEN) {
      return List.of();
    }
    expect(State.IDENTIFIED);
    send(Identification.welcomeLine(client));
    state = State.REQUEST;
    return takeAll();
  }

  /**
   * The answer to {@link ServerAction.Execute} or {@link ServerAction.Check} has been sent: goes
   * on.
   */
  public List<ServerAction> answered() {
    expect(State.ANSWERING);
    state = State.REQUEST;
    return takeAll();
  }

  private List<ServerAction> takeAll() {
    try {
      while (takeNext()) {
        // each turn takes one line or one transaction
      }
      if (received.size() > MOST_BYTES_AHEAD) {
        throw new ProtocolError("the client does not wait for answers");
      }
    } catch (ProtocolError e) {
      state = State.BROKEN;
      actions.add(new ServerAction.Broken(e.reason()));
    }
    if (state == State.BROKEN) {
      received.clear();
    }
    List<ServerAction> taken = List.copyOf(actions);
    actions.clear();
    return taken;
  }

  private boolean takeNext() {
    return switch (state) {
      case VERSION_LINE, IDENTITY_LINE -> takeLine();
      case REQUEST, CLASS_FILTER -> takeTransaction();
      case ANSWERING -> takeCancel();
      case IDENTIFIED, BROKEN -> false;
    };
  }

  private boolean takeLine() {
    Optional<String> line = Identification.nextLine(received);
    line.ifPresent(this::identify);
    return line.isPresent();
  }

  private void identify(String line) {
    if (state == State.VERSION_LINE) {
      Identification.checkClientVersion(line);
      state = State.IDENTITY_LINE;
    } else {
      client = Identification.parseIdentityLine(line);
      actions.add(new ServerAction.Identified(client.user()));
      state = State.IDENTIFIED;
    }
  }

  private boolean takeTransaction() {
    Optional<Transaction> transaction = Transaction.decode(received);
    transaction.map(Transaction::payload).ifPresent(this::takePayload);
    return transaction.isPresent();
  }

  private void takePayload(OutputBytes payload) {
    if (state == State.CLASS_FILTER) {
      filter(payload);
    } else if (ExecRequest.isExec(payload)) {
      exec = payload;
      filters = 0;
      state = State.CLASS_FILTER;
    } else if (client.isExtended() && AnswerCodec.isCancel(payload)) {
      // It came too late: the answer had been sent.
    } else if (client.isExtended() && ExecRequest.isCheck(payload)) {
      check(payload);
    } else if (payload.equals(OutputBytes.ofUtf8("VERSION"))) {
      actions.add(new ServerAction.Version());
      say("OK: " + Identification.RELEASE);
    } else {
      refuse(payload, "this node runs its agent and does nothing else", "BAD: ");
    }
  }

  /** All else waits for its turn. */
  private boolean takeCancel() {
    boolean isNext = client.isExtended() && received.startWith(AnswerCodec.cancel().encode());
    if (isNext) {
      Transaction.decode(received);
      actions.add(new ServerAction.Cancel());
    }
    return isNext;
  }

  private void filter(OutputBytes payload) {
    if (AnswerCodec.isEnd(payload)) {
      execute();
    } else if (++filters > MOST_FILTERS) {
      throw new ProtocolError("more than " + MOST_FILTERS + " class filters");
    }
  }

  private void execute() {
    try {
      ExecRequest request = ExecRequest.decode(exec);
      if (filters > 0) {
        throw new BadRequest(
            "class filters are not supported, this node does not know its classes");
      }
      actions.add(new ServerAction.Execute(request, client.run()));
      state = State.ANSWERING;
    } catch (BadRequest e) {
      refuse(exec, String.valueOf(e.getMessage()), Refusal.DENIED);
      send(new Answer.End().encode());
      state = State.REQUEST;
    }
  }

  private void check(OutputBytes payload) {
    try {
      actions.add(new ServerAction.Check(ExecRequest.decode(payload)));
      state = State.ANSWERING;
    } catch (BadRequest e) {
      refuse(payload, String.valueOf(e.getMessage()), Refusal.DENIED);
      send(new Answer.End().encode());
    }
  }

  private void refuse(OutputBytes request, String reason, String start) {
    actions.add(new ServerAction.Refused(Printable.of(request.toUtf8()), reason));
    say(start + reason);
  }

  private void say(String sentence) {
    send(Transaction.last(sentence.getBytes(UTF_8)).encode());
  }

  private void send(byte[] bytes) {
    actions.add(new ServerAction.Send(OutputBytes.copyOf(bytes)));
  }

  private void expect(State expected) {
    if (state != expected) {
      throw new IllegalStateException("not now, in state " + state);
    }
  }
}
