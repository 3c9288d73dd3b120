package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.node.access.AccessPolicy;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who was admitted and is not any more. */
class RevokedTest {
  private static final String GATED = "mkfifo $DIR/go; echo ready; read x < $DIR/go; exit 5";

  @TempDir private Path folder = Path.of("");

  @Test
  void aKeyThatIsNotStoredAnyMoreEndsItsSessionsAndNotItsRun() throws Exception {
    try (RunningNode node =
            RunningNode.in(folder).script(GATED).check(Duration.ofMillis(50)).start();
        Wire idle = node.identified();
        Wire follower = node.identified()) {
      CfengineDialogue.request(follower, "EXEC");
      follower.readFrame();
      assertThat(follower.readFrame().text()).isEqualTo("> ready\n");
      Files.delete(stored(node));

      assertThat(idle.awaitClose()).isEmpty();
      assertThat(follower.awaitClose()).isEmpty();
      String reason = " is not admitted any more: the key is not stored for user root: closed";
      node.log.await(node.relay.digest() + reason + ", run ", " goes on");
      Files.writeString(node.host.folder().resolve("go"), "go\n");
      node.log.await("is over", "exit status 5");
      assertThat(node.log.lines()).filteredOn(line -> line.contains(reason)).hasSize(2);
      assertThat(node.log.lines()).noneMatch(line -> line.contains("is lost"));
    }
  }

  @Test
  void aKeyIsLookedAtAgainForEachRequest() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("echo ran").start();
        Wire wire = node.identified()) {
      Files.delete(stored(node));
      CfengineDialogue.request(wire, "EXEC");

      assertThat(wire.awaitClose()).isEmpty();
      node.log.await(
          "user root asks for a run with []: denied, it is not admitted any more: the key is not"
              + " stored for user root: closed");
      assertThat(node.log.lines()).noneMatch(line -> line.contains("allowed"));
    }
  }

  @Test
  void aPolicyThatNamesAnotherKeyHoldsAtOnce() throws Exception {
    try (RunningNode node = RunningNode.in(folder).start();
        Wire session = node.identified();
        Wire unknown = node.connect()) {
      unknown.readLine();
      node.access.set(node.policy(List.of()));
      node.listener.checkSessions();

      assertThat(session.awaitClose()).isEmpty();
      node.log.await("is not admitted any more: the key is not in admit-keys: closed");
      unknown.send("CFE_v2 x\nIDENTITY USERNAME=root\n");
      assertThat(unknown.awaitClose()).isEmpty();
      try (Wire late = node.connect()) {
        assertThat(late.awaitClose()).isEmpty();
      } catch (IOException e) {
        // closed in the handshake
      }
      node.log.await("WARN refused 127.0.0.1:", "the peer's key MD5=", "is not admitted");
    }
  }

  /** With TLS 1.2 a client's handshake ends well only when the node's has. */
  @Test
  void aPolicyThatChangesWithinAHandshakeHoldsAtItsEnd() throws Exception {
    try (RunningNode node = RunningNode.in(folder).start()) {
      AccessPolicy before = node.access.get();
      node.access.set(node.policy(List.of()));
      // For the address, and for the key that is shown.
      node.looks.addAll(List.of(before, before));

      try (Wire wire = Wire.connectTls12(node.listener.port(), node.relay.key())) {
        assertThat(wire.awaitClose()).isEmpty();
      }
      node.log.await("WARN refused 127.0.0.1:", "key " + node.relay.digest(), "is not admitted");
      assertThat(node.looks).isEmpty();
    }
  }

  @Test
  void anAddressThatIsNotAdmittedDoesNotGetAsFarAsTls() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("echo ran").start();
        Wire session = node.identified()) {
      List<String> keys = List.of(node.relay.digest().value());
      node.access.set(node.policy(keys, "192.0.2.0/24", "::/0"));
      node.listener.checkSessions();

      assertThat(session.awaitClose()).isEmpty();
      node.log.await("is not admitted any more: its address is not in admit-addresses: closed");
      try (Wire late = Wire.connectPlain(node.listener.port())) {
        assertThat(late.awaitClose()).isEmpty();
      }
      node.log.await("WARN refused 127.0.0.1:", ": its address is not in admit-addresses");
      node.access.set(node.policy(keys, "192.0.2.0/24", "127.0.0.0/8"));
      assertThat(node.ask("EXEC")).contains("> ran\n");
    }
  }

  private static Path stored(RunningNode node) {
    return node.host.ppkeys().resolve("root-" + node.relay.digest() + ".pub");
  }
}
