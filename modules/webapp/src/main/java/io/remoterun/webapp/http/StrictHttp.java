package io.remoterun.webapp.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.netty.ChannelPipelineConfigurer;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;

/** Puts the checks of this package into the pipeline of each connection. */
public final class StrictHttp implements ChannelPipelineConfigurer {
  private final Duration headTimeout;

  /**
   * @param headTimeout how long a client may take until all headers of a request are there
   */
  public StrictHttp(Duration headTimeout) {
    this.headTimeout = headTimeout;
  }

  @Override
  public void onChannelInit(
      ConnectionObserver observer, Channel channel, @Nullable SocketAddress address) {
    ChannelPipeline pipeline = channel.pipeline();
    // HTTP/2 has another codec, and is as strict by itself.
    if (pipeline.get(NettyPipeline.HttpCodec) != null) {
      HeadTimeout timeout = new HeadTimeout(headTimeout);
      pipeline.addBefore(NettyPipeline.HttpCodec, "remote-run.head-timeout", timeout);
      pipeline.addAfter(
          NettyPipeline.HttpCodec, "remote-run.strict-requests", new StrictRequests(timeout));
    }
  }
}
