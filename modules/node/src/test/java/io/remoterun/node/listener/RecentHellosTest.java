package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecentHellosTest {
  private final RecentHellos hellos = new RecentHellos(Duration.ofNanos(100));

  @Test
  void countsThoseOfAnAddressForAWhile() {
    hellos.add(address(1), Long.MAX_VALUE - 50);
    hellos.add(address(2), Long.MAX_VALUE);
    // The clock may begin anywhere, and go over.
    hellos.add(address(1), Long.MIN_VALUE);

    assertThat(hellos.of(address(1), Long.MIN_VALUE + 48)).isEqualTo(2);
    assertThat(hellos.of(address(1), Long.MIN_VALUE + 49)).isEqualTo(1);
    assertThat(hellos.of(address(2), Long.MIN_VALUE + 49)).isEqualTo(1);
    assertThat(hellos.of(address(2), Long.MIN_VALUE + 99)).isZero();
    assertThat(hellos.of(address(1), Long.MIN_VALUE + 100)).isZero();
  }

  @Test
  void remembersTheNewest() {
    hellos.add(address(1), 0);
    for (int other = 1; other < RecentHellos.MOST; other++) {
      hellos.add(address(2), 0);
    }
    assertThat(hellos.of(address(1), 0)).isEqualTo(1);

    hellos.add(address(2), 0);
    assertThat(hellos.of(address(1), 0)).isZero();
    assertThat(hellos.of(address(2), 0)).isEqualTo(RecentHellos.MOST);
  }

  private static ByteBuffer address(int number) {
    return ByteBuffer.wrap(new byte[] {10, 0, 0, (byte) number});
  }
}
