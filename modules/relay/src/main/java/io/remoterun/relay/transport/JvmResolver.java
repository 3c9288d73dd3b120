package io.remoterun.relay.transport;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import reactor.core.scheduler.Schedulers;

/**
 * Asks the operating system for addresses, as all other programs of the machine do: {@code
 * /etc/hosts} and {@code nsswitch.conf} are obeyed, unlike by Netty's own DNS client. Netty's
 * resolver that does the same blocks an event loop meanwhile; this one does not. Virtual threads
 * would not do either: a look-up is native code, and holds their carrier.
 */
public final class JvmResolver extends AddressResolverGroup<InetSocketAddress> {
  /** One for all: it keeps what belongs to each event loop. */
  public static final JvmResolver INSTANCE = new JvmResolver();

  private JvmResolver() {}

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
    return new Names(executor).asAddressResolver();
  }

  private static final class Names extends InetNameResolver {
    Names(EventExecutor executor) {
      super(executor);
    }

    @Override
    protected void doResolve(String name, Promise<InetAddress> promise) {
      Promise<List<InetAddress>> all = executor().newPromise();
      all.addListener(
          done -> {
            if (all.isSuccess()) {
              promise.setSuccess(all.getNow().getFirst());
            } else {
              promise.setFailure(all.cause());
            }
          });
      doResolveAll(name, all);
    }

    @Override
    protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
      Schedulers.boundedElastic().schedule(() -> lookUp(name, promise));
    }

    private static void lookUp(String name, Promise<List<InetAddress>> promise) {
      try {
        promise.setSuccess(List.of(InetAddress.getAllByName(name)));
      } catch (UnknownHostException | RuntimeException e) {
        promise.setFailure(e);
      }
    }
  }
}
