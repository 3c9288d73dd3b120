package io.remoterun.benchmarks.fleet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.remoterun.protocol.cfengine.Answer;
import io.remoterun.protocol.cfengine.ServerAction;
import io.remoterun.protocol.cfengine.ServerConversation;
import io.remoterun.protocol.run.OutputBytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection to a node that admits everyone. */
final class NodeHandler extends SimpleChannelInboundHandler<ByteBuf> {
  private final ServerConversation conversation = new ServerConversation();
  private final Output output;
  private final FleetCounters counters;
  private @Nullable AgentRun run;

  /** What an agent prints, a line as a transaction; the same for all agents. */
  record Output(SimulatedAgent agent, ByteBuf line) {
    static Output of(SimulatedAgent agent) {
      OutputBytes line = OutputBytes.ofUtf8("x".repeat(agent.lineBytes() - 1) + "\n");
      byte[] transaction = new Answer.Output(line).encode();
      ByteBuf buffer = Unpooled.directBuffer(transaction.length).writeBytes(transaction);
      return new Output(agent, Unpooled.unreleasableBuffer(buffer));
    }
  }

  NodeHandler(Output output, FleetCounters counters) {
    this.output = output;
    this.counters = counters;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    counters.opened();
    send(context, conversation.greeting());
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    counters.closed();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
      counters.shookHands();
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
    carryOut(context, conversation.received(bytes.nioBuffer()));
  }

  private void carryOut(ChannelHandlerContext context, List<ServerAction> actions) {
    for (ServerAction action : actions) {
      switch (action) {
        case ServerAction.Send(OutputBytes bytes) -> send(context, bytes.toByteArray());
        case ServerAction.Identified identified -> carryOut(context, conversation.welcome());
        case ServerAction.Execute execute -> start(context);
        case ServerAction.Check check -> {} // nobody who measures checks
        case ServerAction.Cancel cancel -> {} // nobody who measures cancels
        case ServerAction.Version version -> {} // answered by the Send that follows
        case ServerAction.Refused refused -> {} // answered by the Send that follows
        case ServerAction.Broken broken -> close(context);
      }
    }
  }

  private void start(ChannelHandlerContext context) {
    counters.started();
    run = new AgentRun(output.agent(), context, output.line(), () -> end(context));
    run.start();
  }

  private void end(ChannelHandlerContext context) {
    AgentRun ending = run;
    run = null;
    send(context, new Answer.Exit(0).encode());
    ChannelFuture last = context.writeAndFlush(Unpooled.wrappedBuffer(new Answer.End().encode()));
    var _ =
        last.addListener(
            done -> {
              if (done.isSuccess() && ending != null) {
                counters.ended(ending.nanos());
              }
            });
    carryOut(context, conversation.answered());
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (run != null) {
      run.printWhatIsDue();
    }
  }

  static void send(ChannelHandlerContext context, byte[] bytes) {
    var _ = context.writeAndFlush(Unpooled.wrappedBuffer(bytes), context.voidPromise());
  }

  private static void close(ChannelHandlerContext context) {
    var _ = context.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    close(context);
  }
}
