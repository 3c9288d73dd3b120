package io.remoterun.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Shell;
import io.remoterun.cli.console.Terminal;
import io.remoterun.cli.console.Words;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Map;

/** What the program did, in this process, with everything that goes in and comes out. */
record Ran(int exit, String out, String problems) {

  static Ran with(String... arguments) {
    return with("", Terminal.NONE, Map.of(), arguments);
  }

  static Ran with(
      String in, Terminal terminal, Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream problems = new ByteArrayOutputStream();
    int exit =
        Main.run(
            new Shell(
                new ByteArrayInputStream(in.getBytes(UTF_8)),
                out,
                new Words(problems),
                environment,
                terminal),
            arguments);
    return new Ran(exit, out.toString(UTF_8), problems.toString(UTF_8));
  }
}
