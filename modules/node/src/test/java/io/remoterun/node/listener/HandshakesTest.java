package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What handshakes cost is bounded where nobody was welcome from, and only there. */
class HandshakesTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void aStrangersAddressIsKeptWaitingAndARelaysIsNot() throws Exception {
    try (RunningNode node =
        RunningNode.in(folder).script("echo hello").connections(20, 3).start()) {
      // All have left: it is not for want of a place.
      Eventually.await("a hello without an answer", () -> !isAnswered(node), node.log::lines);
      Eventually.await("the relay comes in", () -> isWelcome(node), node.log::lines);

      for (int stranger = 0; stranger < 20; stranger++) {
        assertThat(isAnswered(node)).isTrue();
      }
      assertThat(node.ask("EXEC")).contains("> hello\n");
    }
  }

  private static boolean isAnswered(RunningNode node) {
    try (Wire wire = Wire.connectPlain(node.listener.port())) {
      wire.send(Wire.clientHello());
      return wire.readBytes(1)[0] == 0x16;
    } catch (IOException e) {
      return false;
    } finally {
      awaitEmpty(node.listener);
    }
  }

  private static boolean isWelcome(RunningNode node) {
    try (Wire _ = node.identified()) {
      return true;
    } catch (IOException e) {
      return false;
    } finally {
      awaitEmpty(node.listener);
    }
  }

  private static void awaitEmpty(NodeListener listener) {
    Eventually.await("nobody is there", () -> listener.connections() == 0, listener::connections);
  }
}
