package io.remoterun.node.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmittedAddressesTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1, 192.0.2.2",
    "192.0.2.128/25, 192.0.2.129, 192.0.2.127",
    "10.0.0.0/8, 10.255.0.1, 11.0.0.1",
    "192.0.2.4/30, ::ffff:192.0.2.7, ::ffff:192.0.2.8",
    "::ffff:192.0.2.4/126, 192.0.2.7, 192.0.2.8",
    "2001:db8::/33, 2001:db8:7fff::1, 2001:db8:8000::1",
    "2001:db8::1, 2001:db8:0::1, 2001:db8::2",
    "0.0.0.0/0, 127.0.0.1, ::1",
    "::/0, ::1, 127.0.0.1"
  })
  void containsWhatBeginsAlike(String name, String inside, String outside) {
    AdmittedAddresses addresses = new AdmittedAddresses(List.of("198.51.100.1", name));

    assertThat(addresses.contain(InetAddress.ofLiteral(inside))).isTrue();
    assertThat(addresses.contain(InetAddress.ofLiteral(outside))).isFalse();
  }

  @Test
  void areNoneUnlessToldSo() {
    assertThat(new AdmittedAddresses(List.of()).contain(InetAddress.getLoopbackAddress()))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10",
        "10.0/8",
        "192.0.2.1/24",
        "192.0.2.0/33",
        "192.0.2.0/",
        "256.0.0.1",
        "2001:db8::/129",
        "2001:db8::1/64",
        "::ffff:192.0.2.0/24",
        "fe80::1%lo",
        "1::2::3"
      })
  void refusesWhatIsNotClear(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AdmittedAddresses(List.of(name)))
        .withMessageStartingWith(name);
  }
}
