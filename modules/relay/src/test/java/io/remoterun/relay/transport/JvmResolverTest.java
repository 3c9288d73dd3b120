package io.remoterun.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.Future;
import io.remoterun.testing.Eventually;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JvmResolverTest {

  /** As of a site whose name servers cannot be reached. */
  @Test
  void namesWhoseServersDoNotAnswerDoNotHoldUpOthers() throws Exception {
    CountDownLatch silence = new CountDownLatch(1);
    DefaultEventExecutor executor = new DefaultEventExecutor();
    try (JvmResolver resolver =
        new JvmResolver(
            name -> {
              if (name.startsWith("silent")) {
                await(silence);
              }
              return new InetAddress[] {InetAddress.getLoopbackAddress()};
            })) {
      AddressResolver<InetSocketAddress> addresses = resolver.getResolver(executor);
      List<Future<InetSocketAddress>> silent = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        silent.add(addresses.resolve(InetSocketAddress.createUnresolved("silent" + i, 1)));
      }

      assertThat(resolved(addresses.resolve(InetSocketAddress.createUnresolved("other", 1))))
          .isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
      assertThat(silent).noneMatch(Future::isDone);
      silence.countDown();
      for (Future<InetSocketAddress> name : silent) {
        assertThat(resolved(name).getPort()).isEqualTo(1);
      }
    } finally {
      executor.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    }
  }

  private static InetSocketAddress resolved(Future<InetSocketAddress> name) throws Exception {
    return name.get(Eventually.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
