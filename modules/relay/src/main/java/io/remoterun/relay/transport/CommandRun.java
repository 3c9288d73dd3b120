package io.remoterun.relay.transport;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * One command, for one node or several. What it prints does not say of which host it is, so it is
 * told as the first node's. Nothing says when a node starts its agent, so no {@code Started} is
 * told.
 *
 * <p>The process is started and its output read on a platform thread of its own: many virtual ones
 * in pipe reads would starve all others. That thread reads when the consumer wants more, and only
 * while it reads does the deadline for silence run. It tells how the command ended; whoever has to
 * end the command before, does so if it does not come to that in time.
 */
final class CommandRun {
  private static final int BUFFER = 8192;

  private final CommandTransport.Deadlines deadlines;
  private final List<String> command;
  private final List<NodeId> nodes;
  private final CommandOutcome outcome;
  private final FluxSink<RunEvent> sink;
  private final WholeLines lines;
  private final Thread reader;
  private final Disposable.Composite waits = Disposables.composite();
  private final Disposable.Swap read = Disposables.swap();

  /** Why the command has to end before it does by itself. */
  private final AtomicReference<@Nullable Function<NodeId, RunEvent>> stopped =
      new AtomicReference<>();

  private final Object lock = new Object();
  private @Nullable CommandProcess process;
  private boolean isReading;
  private boolean hasExited;
  private volatile boolean isOver;

  private CommandRun(
      CommandTransport.Settings settings,
      List<NodeEntry> nodes,
      List<String> command,
      FluxSink<RunEvent> sink) {
    this.deadlines = settings.deadlines();
    this.command = command;
    this.nodes = nodes.stream().map(NodeEntry::id).toList();
    this.outcome = new CommandOutcome(settings.hop(), command, nodes.size());
    this.sink = sink;
    this.lines = new WholeLines(settings.mostBytesOfLine());
    this.reader =
        Thread.ofPlatform()
            .name("command for " + this.nodes.getFirst())
            .daemon()
            .unstarted(this::run);
  }

  /**
   * Ends with a terminal event for each of the nodes; never fails. Unsubscribing ends the command.
   */
  static Flux<RunEvent> of(
      CommandTransport.Settings settings,
      List<NodeEntry> nodes,
      List<String> command,
      Mono<Void> cancel) {
    return Flux.create(sink -> new CommandRun(settings, nodes, command, sink).start(cancel));
  }

  private void start(Mono<Void> cancel) {
    // One host after the other, each in its time.
    Duration time = deadlines.run().multipliedBy(nodes.size());
    waits.add(read);
    waits.add(after(time, () -> stop(outcome.notOverAfter(time))));
    waits.add(cancel.subscribe(null, null, () -> stop(this::cancelled)));
    sink.onRequest(count -> LockSupport.unpark(reader));
    sink.onCancel(() -> stop(this::cancelled));
    reader.start();
  }

  private static Disposable after(Duration time, Runnable action) {
    return Schedulers.parallel().schedule(action, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private RunEvent cancelled(NodeId node) {
    return outcome.cancelled(started() != null).apply(node);
  }

  private @Nullable CommandProcess started() {
    synchronized (lock) {
      return process;
    }
  }

  /** Makes nobody wait, whoever asks: a thread of its own ends the command. */
  private void stop(Function<NodeId, RunEvent> why) {
    if (stopped.compareAndSet(null, why)) {
      LockSupport.unpark(reader);
      Thread.ofVirtual().name("end of " + reader.getName()).start(() -> endProcess(why));
    }
  }

  private void endProcess(Function<NodeId, RunEvent> why) {
    try {
      CommandProcess open = started();
      if (open != null && !isOver) {
        open.end(deadlines.stop());
        reader.join(deadlines.stop());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tellEnd(why);
  }

  private void run() {
    try {
      CommandProcess started = startUnlessStopped();
      if (started != null) {
        started.onExit(this::exited);
        read(started.output());
        tellEnd(outcome.ended(started.waitFor()));
      }
    } catch (IOException e) {
      tellEnd(outcome.cannotStart(e));
    } catch (InterruptedException | RuntimeException e) {
      stop(outcome.broken(e));
    }
  }

  private @Nullable CommandProcess startUnlessStopped() throws IOException {
    synchronized (lock) {
      if (stopped.get() == null) {
        process = CommandProcess.start(command);
      }
      return process;
    }
  }

  /** To the end of the output, or until the command has to end: then its next line may kill it. */
  private void read(InputStream output) {
    byte[] buffer = new byte[BUFFER];
    try (output) {
      while (stopped.get() == null) {
        awaitDemand();
        beginRead();
        int length = output.read(buffer);
        List<OutputBytes> whole = endRead(buffer, length);
        if (length < 0) {
          return;
        }
        whole.forEach(line -> sink.next(new RunEvent.Output(nodes.getFirst(), line)));
      }
    } catch (IOException e) {
      // Java closes the pipe when the command has ended: all that it had printed is read by then.
    }
  }

  private void awaitDemand() {
    while (sink.requestedFromDownstream() == 0 && !isOver && stopped.get() == null) {
      LockSupport.park(this);
    }
  }

  private void beginRead() {
    synchronized (lock) {
      isReading = true;
      waitForRead();
    }
  }

  /**
   * The lines that are whole now. When the command is over there are none: what a child that it has
   * left behind still prints is only read because that child's next line would kill it otherwise.
   */
  private List<OutputBytes> endRead(byte[] buffer, int length) {
    synchronized (lock) {
      isReading = false;
      read.update(Disposables.disposed());
      return isOver || length < 0 ? List.of() : lines.addLines(buffer, length);
    }
  }

  private void exited() {
    synchronized (lock) {
      hasExited = true;
      waitForRead();
    }
  }

  private void waitForRead() {
    if (isReading && !isOver) {
      read.update(
          hasExited
              ? after(deadlines.stop(), this::drained)
              : after(deadlines.silence(), () -> stop(outcome.silentFor(deadlines.silence()))));
    }
  }

  /** The command is over, and something that it has left behind keeps its output open. */
  private void drained() {
    CommandProcess exited = started();
    boolean isFirst;
    synchronized (lock) {
      // If not, something has just been read, and this will be waited for again.
      isFirst = isReading && end();
    }
    if (isFirst && exited != null) {
      tell(outcome.ended(exited.exitStatus()));
    }
  }

  private void tellEnd(Function<NodeId, RunEvent> how) {
    if (end()) {
      tell(how);
    }
  }

  private boolean end() {
    synchronized (lock) {
      boolean isFirst = !isOver;
      isOver = true;
      return isFirst;
    }
  }

  /** In these words if it was not stopped. */
  private void tell(Function<NodeId, RunEvent> how) {
    waits.dispose();
    LockSupport.unpark(reader);
    lines.flush().forEach(line -> sink.next(new RunEvent.Output(nodes.getFirst(), line)));
    Function<NodeId, RunEvent> stop = stopped.get();
    nodes.forEach(node -> sink.next((stop == null ? how : stop).apply(node)));
    sink.complete();
  }
}
