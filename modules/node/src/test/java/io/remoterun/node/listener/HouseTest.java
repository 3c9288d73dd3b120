package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HouseTest {
  private final House house = new House(new House.Bounds(4, 3));
  private final List<String> turnedOut = new ArrayList<>();

  @Test
  void givesAnAddressSoManyPlacesAndAgainThoseThatItLeaves() {
    Channel first = from("192.0.2.1");
    assertThat(enter(first)).isEmpty();
    assertThat(enter(from("192.0.2.1"))).isEmpty();
    assertThat(enter(from("192.0.2.1"))).isEmpty();
    assertThat(enter(from("192.0.2.1")))
        .hasValue("3 connections of its address are there that have not said who they are");

    var _ = first.close();
    assertThat(house.places()).isEqualTo(2);
    assertThat(enter(from("192.0.2.1"))).isEmpty();
  }

  @Test
  void takesAnIpv6NetworkForOneAddress() {
    for (String address : List.of("2001:db8::1", "2001:db8::2", "2001:db8::1:3")) {
      assertThat(enter(from(address))).isEmpty();
    }
    assertThat(enter(from("2001:db8::4"))).isPresent();
    assertThat(enter(from("2001:db8:0:1::4"))).isEmpty();
  }

  @Test
  void turnsTheGreediestOutForAModestOne() {
    EmbeddedChannel oldest = from("192.0.2.1");
    enter(oldest);
    enter(from("192.0.2.1"));
    enter(from("192.0.2.1"));
    enter(from("192.0.2.2"));

    assertThat(enter(from("192.0.2.3"))).isEmpty();
    oldest.runPendingTasks();
    assertThat(turnedOut)
        .containsExactly("192.0.2.1: it makes room, one of 3 of its address that say nothing");
    assertThat(house.places()).isEqualTo(4);
    // 2, 1 and 1 are there: nobody is greedier than a second one of the third would be.
    assertThat(enter(from("192.0.2.3"))).hasValue("4 connections are there already");
    assertThat(enter(from("192.0.2.4"))).isEmpty();
    var _ = oldest.close();
    assertThat(house.places()).isEqualTo(4);
  }

  @Test
  void keepsThoseWhoHaveSaidWhoTheyAre() {
    List<Channel> known = new ArrayList<>();
    for (int one = 0; one < 4; one++) {
      Channel channel = from("192.0.2.1");
      assertThat(enter(channel)).isEmpty();
      house.knows(channel);
      known.add(channel);
    }
    assertThat(enter(from("192.0.2.2"))).hasValue("4 connections are there already");
    assertThat(turnedOut).isEmpty();

    var _ = known.getFirst().close();
    assertThat(house.places()).isEqualTo(3);
    assertThat(enter(from("192.0.2.2"))).isEmpty();
  }

  @Test
  void givesNoPlaceToOneThatHasLeftMeanwhile() {
    Channel gone = from("192.0.2.1");
    var _ = gone.close();

    assertThat(enter(gone)).isEmpty();
    house.knows(gone);
    assertThat(house.places()).isZero();
  }

  private Optional<String> enter(Channel channel) {
    String address = ((InetSocketAddress) channel.remoteAddress()).getAddress().getHostAddress();
    return house.enter(channel, reason -> turnedOut.add(address + ": " + reason));
  }

  private static EmbeddedChannel from(String address) {
    return new EmbeddedChannel() {
      @Override
      protected SocketAddress remoteAddress0() {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 1);
      }
    };
  }
}
