package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

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
  private long now;
  private final House house = new House(new House.Bounds(4, 3), () -> now);
  private final List<String> turnedOut = new ArrayList<>();

  @Test
  void givesAnAddressSoManyPlacesAndAgainThoseThatItLeaves() {
    welcome("192.0.2.1");
    List<EmbeddedChannel> in = oneEachOf("192.0.2.1", "192.0.2.1", "192.0.2.1");
    in.forEach(house::hasSpoken);
    Channel first = in.getFirst();
    assertThat(enter(from("192.0.2.1")))
        .hasValue("3 connections of its address are there that have not said who they are");

    var _ = first.close();
    assertThat(house.places()).isEqualTo(2);
    assertThat(enter(from("192.0.2.1"))).isEmpty();
  }

  @Test
  void anAddressMayBeginSoManyHandshakesInASecond() {
    for (int one = 0; one < 3; one++) {
      speaksAndLeaves("192.0.2.1");
    }
    assertThat(enter(from("192.0.2.1")))
        .hasValue("3 TLS hellos of its address came within a second, and nobody was welcome");
    assertThat(house.places()).isZero();
    assertThat(enter(from("192.0.2.2"))).isEmpty();

    now += House.YOUNG.toNanos();
    assertThat(enter(from("192.0.2.1"))).isEmpty();
  }

  /** Where a relay and a stranger have one address, the relay has to come in. */
  @Test
  void aFriendlyAddressMayBeginAsManyHandshakesAsItLikes() {
    for (int one = 0; one < 3; one++) {
      speaksAndLeaves("192.0.2.9");
    }
    now += House.YOUNG.toNanos();
    welcome("192.0.2.9");
    for (int one = 0; one < 100; one++) {
      speaksAndLeaves("192.0.2.9");
    }
    assertThat(enter(from("192.0.2.9"))).isEmpty();
  }

  @Test
  void whoSaysNothingMayComeAgainAsOftenAsItLikes() {
    for (int one = 0; one < 100; one++) {
      Channel silent = from("192.0.2.1");
      assertThat(enter(silent)).isEmpty();
      var _ = silent.close();
    }
  }

  private void speaksAndLeaves(String address) {
    Channel channel = from(address);
    assertThat(enter(channel)).isEmpty();
    house.hasSpoken(channel);
    var _ = channel.close();
  }

  @Test
  void takesAnIpv6NetworkForOneAddress() {
    oneEachOf("2001:db8::1", "2001:db8::2", "2001:db8::1:3").forEach(house::hasSpoken);
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
        .containsExactly(
            "192.0.2.1: it makes room, one of 3 of its address that have not said who they are");
    assertThat(house.places()).isEqualTo(4);
    var _ = oldest.close();
    assertThat(house.places()).isEqualTo(4);
  }

  @Test
  void turnsTheOldestOutWhenNobodyIsGreedier() {
    List<EmbeddedChannel> in = oneEachOf("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4");

    assertThat(enter(from("192.0.2.5"))).isEmpty();
    in.forEach(EmbeddedChannel::runPendingTasks);
    assertThat(turnedOut).singleElement(STRING).startsWith("192.0.2.1: it makes room");
    // A second of 5 would be more than anybody has.
    assertThat(enter(from("192.0.2.5"))).hasValue("4 connections are there already");
  }

  @Test
  void givesWhoHasSentItsHelloASecond() {
    List<EmbeddedChannel> in = oneEachOf("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4");
    in.forEach(house::hasSpoken);

    assertThat(enter(from("192.0.2.5"))).hasValue("4 connections are there already");
    now += House.YOUNG.toNanos();
    assertThat(enter(from("192.0.2.5"))).isEmpty();
    in.forEach(EmbeddedChannel::runPendingTasks);
    assertThat(turnedOut).singleElement(STRING).startsWith("192.0.2.1: it makes room");
  }

  @Test
  void turnsTheOldestSilentOneOutForAnotherOfItsOwnAddress() {
    List<EmbeddedChannel> in = oneEachOf("192.0.2.1", "192.0.2.1", "192.0.2.1");
    house.hasSpoken(in.getFirst());

    assertThat(enter(from("192.0.2.1"))).isEmpty();
    in.forEach(EmbeddedChannel::runPendingTasks);
    assertThat(turnedOut).hasSize(1);
    assertThat(in).extracting(Channel::isOpen).containsExactly(true, false, true);
    assertThat(house.places()).isEqualTo(3);
  }

  @Test
  void aRelayThatHasNotSentItsHelloYetStaysWhereOthersCome() {
    welcome("192.0.2.9");
    List<EmbeddedChannel> in = oneEachOf("192.0.2.9", "192.0.2.1", "192.0.2.2", "192.0.2.3");

    for (int other = 4; other < 8; other++) {
      assertThat(enter(from("192.0.2." + other))).isEmpty();
    }
    in.forEach(EmbeddedChannel::runPendingTasks);
    assertThat(in).extracting(Channel::isOpen).containsExactly(true, false, false, false);
  }

  @Test
  void aFriendlyAddressThatHasTakenMoreThanOthersGivesPlacesBack() {
    welcome("192.0.2.9");
    List<EmbeddedChannel> in = oneEachOf("192.0.2.9", "192.0.2.9", "192.0.2.1", "192.0.2.2");

    assertThat(enter(from("192.0.2.3"))).isEmpty();
    in.forEach(EmbeddedChannel::runPendingTasks);
    assertThat(in).extracting(Channel::isOpen).containsExactly(false, true, true, true);
  }

  private void welcome(String address) {
    EmbeddedChannel relay = from(address);
    enter(relay);
    house.knows(relay);
    var _ = relay.close();
  }

  @Test
  void anAddressThatSomebodyWasWelcomeFromGoesBeforeOthers() {
    welcome("192.0.2.9");
    List<EmbeddedChannel> in = oneEachOf("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.9");
    in.forEach(house::hasSpoken);

    assertThat(enter(from("192.0.2.8"))).hasValue("4 connections are there already");
    assertThat(enter(from("192.0.2.9"))).isEmpty();
    in.forEach(EmbeddedChannel::runPendingTasks);
    assertThat(turnedOut).singleElement(STRING).startsWith("192.0.2.1: it makes room");
  }

  private List<EmbeddedChannel> oneEachOf(String... addresses) {
    List<EmbeddedChannel> in = new ArrayList<>();
    for (String address : addresses) {
      EmbeddedChannel channel = from(address);
      assertThat(enter(channel)).isEmpty();
      in.add(channel);
      now++;
    }
    return in;
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
    return house.enter(
        channel,
        reason -> {
          turnedOut.add(address + ": " + reason);
          var _ = channel.close();
        });
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
