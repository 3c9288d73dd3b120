package io.remoterun.benchmarks.fleet;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.remoterun.protocol.cfengine.Answer;
import java.util.concurrent.TimeUnit;

/**
 * One run of a simulated agent: a timer on the connection's event loop, which, as a real agent
 * does, waits where its output is not taken.
 */
final class AgentRun {
  private final SimulatedAgent agent;
  private final ChannelHandlerContext context;
  private final ByteBuf line;
  private final Runnable end;
  private final long started = System.nanoTime();
  private long printed;
  private boolean due;

  /**
   * @param line what it prints, as a transaction; stays the caller's
   * @param end is run when it has printed all
   */
  AgentRun(SimulatedAgent agent, ChannelHandlerContext context, ByteBuf line, Runnable end) {
    this.agent = agent;
    this.context = context;
    this.line = line;
    this.end = end;
  }

  void start() {
    NodeHandler.send(context, new Answer.Start("simulated agent").encode());
    waitForTurn();
  }

  private void waitForTurn() {
    if (agent.time().isZero()) {
      due = true;
      printWhatIsDue();
      return;
    }
    // The pieces are spread so that the last one comes at the end of its time.
    long at = agent.time().toNanos() * (printed + 1) / Math.max(1, agent.pieces());
    long wait = started + at - System.nanoTime();
    var _ = context.executor().schedule(this::turn, Math.max(0, wait), TimeUnit.NANOSECONDS);
  }

  private void turn() {
    due = true;
    printWhatIsDue();
  }

  /** To be called too when the connection can take more again. */
  void printWhatIsDue() {
    while (due && context.channel().isActive() && context.channel().isWritable()) {
      due = false;
      if (printed == agent.pieces()) {
        end.run();
        return;
      }
      print(Math.min(agent.linesAtOnce(), agent.lines() - printed * agent.linesAtOnce()));
      printed++;
      if (printed == agent.pieces() || agent.time().isZero()) {
        due = true;
      } else {
        waitForTurn();
      }
    }
  }

  private void print(long lines) {
    for (long written = 0; written < lines; written++) {
      var _ = context.write(line.retainedDuplicate(), context.voidPromise());
    }
    context.flush();
  }

  long nanos() {
    return System.nanoTime() - started;
  }
}
