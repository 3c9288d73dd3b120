package io.remoterun.node.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.NeedsProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What another TLS than Java's can be made to do, with the relay's own key. */
@NeedsProgram(value = "openssl", debianPackage = "openssl")
class OpensslTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir private Path folder = Path.of("");
  private RunningNode node;
  private Path certificate;

  @BeforeEach
  void start() throws Exception {
    node = RunningNode.in(folder).script("echo hello").start();
    certificate = folder.resolve("relay.pem");
    String base64 = Base64.getMimeEncoder().encodeToString(node.relay.certificate().getEncoded());
    Files.writeString(
        certificate, "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
  }

  @AfterEach
  void goesOn() throws Exception {
    try (RunningNode last = node) {
      assertThat(last.log.lines()).noneMatch(line -> line.contains("asks for a run"));
      assertThat(last.ask("EXEC")).contains("> hello\n");
    }
  }

  @Test
  void getsAsFarAsTheGreetingWithTls13() throws Exception {
    try (Client client = new Client(withKey("-tls1_3", "-quiet", "-no_ign_eof"))) {
      client.await("CFE_v");
    }
  }

  /** The name makes a hello too long for one record of that size. */
  @Test
  void getsThereWithAHelloInTwoRecords() throws Exception {
    String name = "a".repeat(255);
    String names = name + "," + name;
    String[] options = {"-max_send_frag", "512", "-alpn", names, "-quiet", "-no_ign_eof"};
    try (Client client = new Client(withKey(options))) {
      client.await("CFE_v");
    }
  }

  @Test
  void tls11IsRefused() throws Exception {
    long begin = System.nanoTime();
    try (Client client = new Client(withKey("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"))) {
      client.awaitEnd();
      assertThat(since(begin)).isLessThan(SECOND);
    }
    node.log.await("WARN refused 127.0.0.1:", "no TLS: ", "protocol TLSv1.1 is not enabled");
    awaitOneWarning();
  }

  @Test
  void aSecondHandshakeIsRefused() throws Exception {
    try (Client client = new Client(withKey("-tls1_2"))) {
      client.await("CFE_v");
      long begin = System.nanoTime();
      client.type("R\n");
      client.awaitEnd();
      assertThat(since(begin)).isLessThan(SECOND);
    }
    node.log.await(node.relay.digest() + " is lost: ", "renegotiation is not allowed");
    awaitOneWarning();
  }

  @Test
  void aSessionOfBeforeIsNoWayAroundTheKey() throws Exception {
    String session = folder.resolve("session").toString();
    try (Client client = new Client(withKey("-tls1_2", "-sess_out", session))) {
      client.await("CFE_v");
    }
    assertThat(Path.of(session)).exists();
    try (Client client = new Client("-tls1_2", "-sess_in", session)) {
      assertThat(client.awaitEnd()).noneMatch(line -> line.startsWith("Reused"));
    }
    node.log.await("WARN refused 127.0.0.1:", "Empty client certificate chain");
    awaitOneWarning();
  }

  private String[] withKey(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    Path key = node.relay.ppkeys().resolve("localhost.priv");
    all.addAll(List.of("-cert", certificate.toString(), "-key", key.toString()));
    return all.toArray(String[]::new);
  }

  private void awaitOneWarning() {
    NodeListener listener = node.listener;
    Eventually.await("nobody is there", () -> listener.connections() == 0, listener::connections);
    assertThat(node.log.lines()).filteredOn(line -> !line.startsWith("INFO ")).hasSize(1);
  }

  private static Duration since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** {@code openssl s_client}, whose standard input stays open. */
  private final class Client implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    Client(String... options) throws IOException {
      List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect"));
      command.add("127.0.0.1:" + node.listener.port());
      command.addAll(List.of(options));
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      output = process.inputReader();
    }

    void type(String text) throws IOException {
      OutputStream input = process.getOutputStream();
      input.write(text.getBytes(US_ASCII));
      input.flush();
    }

    void await(String start) throws IOException {
      List<String> heard = new ArrayList<>();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        heard.add(line);
        if (line.startsWith(start)) {
          return;
        }
      }
      throw new AssertionError("openssl ended without " + start + ": " + heard);
    }

    /** That openssl ends by itself: the node has closed the connection. */
    List<String> awaitEnd() throws InterruptedException {
      assertThat(process.waitFor(Eventually.DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return output.lines().toList();
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      process.onExit().join();
      output.close();
    }
  }
}
