package io.remoterun.testkit;

import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** CFEngine's own daemon, on a free loopback port, ready to run one agent command. */
public final class RealCfServerd implements AutoCloseable {
  private final Process process;
  private final int port;
  private final Path log;

  private RealCfServerd(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /**
   * @param agent the program that it runs
   * @param caller who may have it run
   * @param classes a pattern of the classes that may be given
   */
  public static RealCfServerd start(CfengineHost host, Path agent, TestHost caller, String classes)
      throws IOException {
    host.trusting(caller);
    int port = freePort();
    Path policy = host.policy(policy(port, agent, caller, classes));
    Path log = host.keys().folder().resolve("cf-serverd.log");
    Process process =
        host.program("cf-serverd", "--no-fork", "--verbose", "--file", policy.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    process.getOutputStream().close();
    RealCfServerd server = new RealCfServerd(process, port, log);
    Eventually.await(
        "cf-serverd listens", () -> !process.isAlive() || server.accepts(), server::log);
    return server;
  }

  private static String policy(int port, Path agent, TestHost caller, String classes) {
    return """
    body common control { bundlesequence => { "main" }; }
    bundle agent main { }
    body server control
    {
      port => "%d";
      bindtointerface => "127.0.0.1";
      allowconnects => { "127.0.0.1" };
      allowallconnects => { "127.0.0.1" };
      maxconnections => "50";
      cfruncommand => "%s";
      allowusers => { "%s" };
    }
    bundle server access
    {
      access:
        "%s" admit_keys => { "%s" };
      roles:
        "%s" authorize => { "%s" };
    }
    """
        .formatted(
            port, agent, CfengineHost.USER, agent, caller.digest(), classes, CfengineHost.USER);
  }

  /** It takes no port 0; another program may take this one before it does, and then it says so. */
  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private boolean accepts() {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  /** What it has said by now. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "no log: " + e;
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(Eventually.DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    process.getInputStream().close();
    process.getErrorStream().close();
  }
}
