package io.remoterun.testkit;

import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** CFEngine's own client, as Rudder's command line calls it. */
public final class RealCfRunagent {
  private static final String POLICY =
      """
      body common control { bundlesequence => { "main" }; }
      bundle agent main { }
      """;

  /** What it printed, both streams in the order of printing, and how it ended. */
  public record Result(List<String> lines, int exitCode) {}

  private final CfengineHost host;
  private final Path policy;

  private RealCfRunagent(CfengineHost host, Path policy) {
    this.host = host;
    this.policy = policy;
  }

  public static RealCfRunagent on(CfengineHost host) throws IOException {
    return new RealCfRunagent(host, host.policy(POLICY));
  }

  /** Triggers the server at that port of this machine. */
  public Result trigger(int port, TestHost server, String... classes) throws IOException {
    return trigger("127.0.0.1:" + port, server, classes);
  }

  /**
   * Triggers the server at that address, whose key it is told to trust.
   *
   * @param address with the port
   */
  public Result trigger(String address, TestHost server, String... classes) throws IOException {
    ProcessBuilder builder = command(address, server);
    if (classes.length > 0) {
      builder.command().addAll(List.of("-D", String.join(",", classes)));
    }
    Path output = host.keys().folder().resolve("cf-runagent.out");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    await(process);
    // Bytes as characters, for agents that print what is no UTF-8.
    String text = Files.readString(output, StandardCharsets.ISO_8859_1);
    return new Result(text.lines().toList(), process.exitValue());
  }

  /** The program, not started, for whoever wants to do without its output or wait longer. */
  public ProcessBuilder command(String address, TestHost server) throws IOException {
    host.trusting(server);
    return host.program("cf-runagent", "-f", policy.toString(), "-H", address, "-t", "60");
  }

  private static void await(Process process) {
    try {
      if (!process.waitFor(Eventually.DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("cf-runagent does not end");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
