package io.remoterun.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of CFEngine's dialogue that scripts have in common, for either end. Written from what
 * the real cf-serverd and cf-runagent 3.21.0 say, and independent of the product's own codec.
 */
public final class CfengineDialogue {
  /** As cf-serverd sends it; cf-runagent leaves the last NUL away. */
  private static final String SERVERS_END = "---cfXen/gine/cfXen/gine---\0";

  private static final String CLIENTS_END = "---cfXen/gine/cfXen/gine---";

  private CfengineDialogue() {}

  /**
   * As the server: greets, hears who is there, welcomes.
   *
   * @return the two lines of the client
   */
  public static List<String> welcome(Wire wire) throws IOException {
    wire.send("CFE_v3 cf-serverd 3.21.0\n");
    List<String> identity = List.of(wire.readLine(), wire.readLine());
    wire.send("OK WELCOME USERNAME=root\n");
    return identity;
  }

  /**
   * As the server: hears a request up to the end marker.
   *
   * @return the payloads before it
   */
  public static List<String> hearRequest(Wire wire) throws IOException {
    List<String> payloads = new ArrayList<>();
    for (String next = wire.readFrame().text(); !isEnd(next); next = wire.readFrame().text()) {
      payloads.add(next);
    }
    return payloads;
  }

  /** As the server: says that the agent is started, then what it printed, then how it ended. */
  public static void answer(Wire wire, int exitCode, String... lines) throws IOException {
    wire.sendFrame('t', "cf-serverd executing cfruncommand: agent\n");
    for (String line : lines) {
      wire.sendFrame('t', "> " + line + "\n");
    }
    wire.sendFrame('t', "(exit code: " + exitCode + ")\n");
    end(wire);
  }

  /** As the server: nothing more comes. */
  public static void end(Wire wire) throws IOException {
    wire.sendFrame('t', SERVERS_END);
  }

  /**
   * As the client: hears the greeting, says who it is, and hears the answer.
   *
   * @return what the server answered, such as {@code OK WELCOME USERNAME=root}
   */
  public static String identify(Wire wire, String user) throws IOException {
    wire.readLine();
    wire.send("CFE_v2 cf-agent 3.21.0\nIDENTITY USERNAME=" + user + "\n");
    return wire.readLine();
  }

  /** As the client: asks, for example {@code EXEC -Dclass}. */
  public static void request(Wire wire, String command) throws IOException {
    wire.sendFrame('t', command);
    wire.sendFrame('t', CLIENTS_END);
  }

  /**
   * As the client: hears an answer up to the end marker.
   *
   * @return the payloads before it
   */
  public static List<String> hearAnswer(Wire wire) throws IOException {
    return hearRequest(wire);
  }

  private static boolean isEnd(String payload) {
    return payload.equals(SERVERS_END) || payload.equals(CLIENTS_END);
  }
}
