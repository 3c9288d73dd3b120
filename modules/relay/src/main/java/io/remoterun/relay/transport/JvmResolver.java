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
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Asks the operating system for addresses, as all other programs of the machine do: {@code
 * /etc/hosts} and {@code nsswitch.conf} are obeyed, unlike by Netty's own DNS client. Netty's
 * resolver that does the same blocks an event loop meanwhile; this one does not. Virtual threads
 * would not do either: a look-up is native code, and holds their carrier. Names whose servers do
 * not answer take some 10 s each: there are threads enough that others need not wait for them, and
 * they are not those on which all else blocks.
 */
public final class JvmResolver extends AddressResolverGroup<InetSocketAddress> {
  /** One for all: it keeps what belongs to each event loop. */
  public static final JvmResolver INSTANCE = new JvmResolver(InetAddress::getAllByName);

  private static final int MOST_THREADS = 256;
  private static final int IDLE_SECONDS = 10;
  private static final Scheduler LOOK_UPS =
      Schedulers.newBoundedElastic(MOST_THREADS, Integer.MAX_VALUE, "look-up", IDLE_SECONDS, true);

  private final LookUp lookUp;

  /** May block. */
  @FunctionalInterface
  interface LookUp {
    InetAddress[] of(String name) throws UnknownHostException;
  }

  JvmResolver(LookUp lookUp) {
    this.lookUp = lookUp;
  }

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
    return new Names(executor, lookUp).asAddressResolver();
  }

  private static final class Names extends InetNameResolver {
    private final LookUp lookUp;

    Names(EventExecutor executor, LookUp lookUp) {
      super(executor);
      this.lookUp = lookUp;
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
      LOOK_UPS.schedule(() -> lookUp(name, promise));
    }

    private void lookUp(String name, Promise<List<InetAddress>> promise) {
      try {
        promise.setSuccess(List.of(lookUp.of(name)));
      } catch (UnknownHostException | RuntimeException e) {
        promise.setFailure(e);
      }
    }
  }
}
