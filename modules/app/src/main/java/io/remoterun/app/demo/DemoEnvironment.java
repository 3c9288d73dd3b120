package io.remoterun.app.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** {@code env}: what a shell reads to talk to the demo, without a secret in its commands. */
final class DemoEnvironment {
  private DemoEnvironment() {}

  static Path file(DemoState state) {
    return state.folder().resolve("env");
  }

  static void write(DemoFleet fleet, DemoState state) throws IOException {
    Path relayHeader = state.folder().resolve("relay-token-header");
    writeSecret(relayHeader, "Authorization: Bearer " + fleet.relayToken(DemoHost.ROOT) + "\n");
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("REMOTE_RUN_URL", fleet.webappUrl().toString());
    variables.put("REMOTE_RUN_TOKEN_FILE", fleet.webappTokenFile().toString());
    variables.put("API", fleet.webappUrl() + "/rudder/api/latest");
    variables.put("TOKEN", "@" + fleet.webappTokenFile() + "-header");
    variables.put("RELAY", fleet.relayUrl(DemoHost.ROOT).toString());
    variables.put("RELAY_TOKEN", "@" + relayHeader);
    variables.put("NODE", DemoHost.WEB.id().value());
    StringBuilder lines = new StringBuilder();
    variables.forEach(
        (name, value) ->
            lines
                .append("export ")
                .append(name)
                .append("='")
                .append(value.replace("'", "'\\''"))
                .append("'\n"));
    Files.writeString(file(state), lines);
  }

  private static void writeSecret(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    try (OutputStream out =
        Channels.newOutputStream(
            Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------"))))) {
      out.write(text.getBytes(UTF_8));
    }
  }
}
