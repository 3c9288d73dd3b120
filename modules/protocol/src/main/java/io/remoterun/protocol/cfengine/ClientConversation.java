package io.remoterun.protocol.cfengine;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The client's end of one EXEC, or one CHECK, the role of cf-runagent: it is told what came and
 * says what to do. The TLS session, whose peer's key has been checked, is the caller's. Not
 * thread-safe.
 */
public final class ClientConversation {

  /** What cf-serverd says, after it has said that it starts the agent. */
  private static final String CANNOT_START = "Unable to run ";

  private final String user;
  private final RunId run;
  private final Transaction request;
  private final boolean isCheck;
  private final ReceivedBytes received = new ReceivedBytes();
  private final List<ClientAction> actions = new ArrayList<>();
  private final RefusalWords refusal = new RefusalWords();
  private ClientPhase phase = ClientPhase.GREETING;
  private boolean isOurs;
  private Optional<Readiness> readiness = Optional.empty();
  private boolean isCancelled;
  private Optional<ClientAction> confirmed = Optional.empty();
  private long printed;

  /** What it is as long as the server has not told. */
  private ExitStatus status = new ExitStatus.NotReported();

  private Optional<ExitStatus> killed = Optional.empty();

  /**
   * @param user whom to pose as; CFEngine's daemons are {@code root}
   * @param run its name, for nodes of ours
   * @throws BadRequest when there are more conditions than the protocol has room for
   */
  public ClientConversation(String user, RunId run, List<Condition> conditions) {
    this(user, run, new ExecRequest(conditions).encode(), false);
  }

  private ClientConversation(String user, RunId run, Transaction request, boolean isCheck) {
    this.user = user;
    this.run = run;
    this.request = request;
    this.isCheck = isCheck;
  }

  /**
   * One that has nothing run. Where the server could run its agent, as far as it can be asked, the
   * last action is a failure of kind {@code STOPPED}, in words about the server.
   */
  public static ClientConversation check(String user, RunId run) {
    return new ClientConversation(user, run, new ExecRequest(List.of()).encodeCheck(), true);
  }

  /** What the server has said of its agent; empty for a run, and for servers that cannot tell. */
  public Optional<Readiness> readiness() {
    return readiness;
  }

  /** Whether the server has said that it is one of ours. */
  public boolean isOurs() {
    return isOurs;
  }

  public ClientPhase phase() {
    return phase;
  }

  /** Takes all bytes of the buffer. After the last action everything is ignored. */
  public List<ClientAction> received(ByteBuffer bytes) {
    received.add(bytes);
    try {
      while (takeNext()) {
        // each turn takes one line or one transaction
      }
    } catch (ProtocolError e) {
      fail(Kind.PROTOCOL, e.reason());
    }
    if (phase == ClientPhase.OVER) {
      received.clear();
    }
    return takeActions();
  }

  /** The server has closed the connection. */
  public List<ClientAction> closed() {
    if (isCancelled && phase != ClientPhase.OVER) {
      confirmed.ifPresentOrElse(
          this::over,
          () -> fail(Kind.UNCONFIRMED, "the connection was lost before the agent's end was told"));
    }
    switch (phase) {
      // That is how a server refuses a key that it does not know.
      case GREETING, WELCOME -> fail(Kind.REFUSED, "closed the connection without a word");
      case CHECK ->
          fail(
              Kind.INTERRUPTED, "closed the connection before it told whether its agent can start");
      case START -> {
        if (refusal.isEmpty()) {
          fail(Kind.INTERRUPTED, "closed the connection before it told whether its agent starts");
        } else {
          over(refusal.refused());
        }
      }
      case OUTPUT -> fail(Kind.INTERRUPTED, "the connection was lost while the agent was running");
      case OVER -> {}
    }
    return takeActions();
  }

  /**
   * The run is not wanted any more. Unless there is a last action at once, the server has been
   * asked to stop its agent: go on, it says how that ended.
   */
  public List<ClientAction> cancel() {
    switch (phase) {
      case GREETING, WELCOME, CHECK ->
          fail(Kind.STOPPED, "the run was cancelled, and its agent not asked for");
      case START, OUTPUT -> {
        if (isOurs) {
          isCancelled = true;
          send(AnswerCodec.cancel().encode());
        } else {
          fail(Kind.UNCONFIRMED, "the run was cancelled, and its node cannot be asked to stop it");
        }
      }
      case OVER -> {}
    }
    return takeActions();
  }

  private boolean takeNext() {
    return switch (phase) {
      case GREETING -> takeLine(this::greeted);
      case WELCOME -> takeLine(this::welcomed);
      case CHECK, START, OUTPUT -> takeTransaction();
      case OVER -> false;
    };
  }

  private boolean takeLine(Consumer<String> taker) {
    Optional<String> line = Identification.nextLine(received);
    line.ifPresent(taker);
    return line.isPresent();
  }

  private boolean takeTransaction() {
    Optional<Transaction> transaction = Transaction.decode(received);
    transaction.ifPresent(taken -> answered(taken.payload()));
    return transaction.isPresent();
  }

  private void greeted(String line) {
    Identification.parseVersionLine(line);
    if (Identification.tellsExitStatus(line)) {
      status = new ExitStatus.Killed();
    }
    send(Identification.versionLine());
    send(Identification.identityLine(user, run));
    phase = ClientPhase.WELCOME;
  }

  private void welcomed(String line) {
    isOurs = Identification.parseWelcomeLine(line);
    if (!isCheck) {
      send(request.encode());
      send(AnswerCodec.clientEnd().encode());
      phase = ClientPhase.START;
    } else if (isOurs) {
      send(request.encode());
      phase = ClientPhase.CHECK;
    } else {
      fail(Kind.STOPPED, "welcomed by a CFEngine server");
    }
  }

  private void answered(OutputBytes payload) {
    switch (phase) {
      case CHECK -> checked(payload);
      case START -> beforeStart(payload);
      default -> afterStart(payload);
    }
  }

  private void checked(OutputBytes payload) {
    readiness = Readiness.decode(payload);
    String text = Printable.of(payload.toUtf8().strip());
    if (readiness.isPresent() || text.startsWith("BAD:")) {
      fail(Kind.STOPPED, "welcomed by a Remote Run node");
    } else {
      over(new ClientAction.Refused(Refusal.kindOf(List.of(text)), text));
    }
  }

  private void beforeStart(OutputBytes payload) {
    switch (AnswerCodec.decode(payload)) {
      case Answer.Start(String commandLine) -> {
        actions.add(new ClientAction.Started(Printable.of(commandLine)));
        phase = ClientPhase.OUTPUT;
      }
      case Answer.Stopped(String words) when isOurs -> stopped(words);
      case Answer.NotStopped(String words) when isOurs -> notStopped(words);
      case Answer.Sentence(String text) -> refused(text);
      case Answer.End() -> over(confirmed.orElseGet(refusal::refused));
      case Answer.Output _,
          Answer.Gap _,
          Answer.Exit _,
          Answer.Killed _,
          Answer.Stopped _,
          Answer.NotStopped _ ->
          throw new ProtocolError("output of an agent that was not said to be started");
    }
  }

  private void afterStart(OutputBytes payload) {
    switch (AnswerCodec.decode(payload)) {
      case Answer.Output(OutputBytes bytes) when bytes.size() == 0 -> {}
      case Answer.Output(OutputBytes bytes) -> printed(bytes);
      case Answer.Gap(long bytes) -> dropped(bytes);
      case Answer.Killed(int signal) -> killed = Optional.of(new ExitStatus.Killed(signal));
      case Answer.Exit(int code) -> status = killed.orElseGet(() -> ExitStatus.code(code));
      case Answer.Stopped(String words) when isOurs -> stopped(words);
      case Answer.NotStopped(String words) when isOurs -> notStopped(words);
      case Answer.End() -> over(confirmed.orElseGet(() -> new ClientAction.Ended(status)));
      case Answer.Sentence(String text) when text.startsWith(CANNOT_START) ->
          over(new ClientAction.Refused(Kind.AGENT, Printable.of(text)));
      // Not the agent's words, but somebody may want to know them.
      case Answer.Start _, Answer.Sentence _, Answer.Stopped _, Answer.NotStopped _ ->
          printed(payload);
    }
  }

  private void printed(OutputBytes bytes) {
    actions.add(new ClientAction.Printed(bytes));
    printed += bytes.size();
  }

  private void dropped(long bytes) {
    if (bytes > RunEvent.Gap.MOST_BYTES - printed) {
      throw new ProtocolError("more output dropped than any agent can print");
    }
    actions.add(new ClientAction.Dropped(printed, bytes));
    printed += bytes;
  }

  /** An agent that others want goes on: whoever has cancelled it does not hear how it ends. */
  private void notStopped(String words) {
    var unconfirmed = new ClientAction.Refused(Kind.UNCONFIRMED, Printable.of(words));
    if (isCancelled) {
      over(unconfirmed);
    } else {
      confirmed = Optional.of(unconfirmed);
    }
  }

  private void stopped(String words) {
    confirmed = Optional.of(new ClientAction.Refused(Kind.STOPPED, Printable.of(words)));
  }

  private void refused(String sentence) {
    if (refusal.take(sentence, isOurs)) {
      over(refusal.refused());
    }
  }

  private void send(byte[] bytes) {
    actions.add(new ClientAction.Send(OutputBytes.copyOf(bytes)));
  }

  private void fail(Kind kind, String reason) {
    over(new ClientAction.Failed(kind, reason));
  }

  private void over(ClientAction last) {
    actions.add(last);
    phase = ClientPhase.OVER;
  }

  private List<ClientAction> takeActions() {
    List<ClientAction> taken = List.copyOf(actions);
    actions.clear();
    return taken;
  }
}
