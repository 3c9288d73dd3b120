package io.remoterun.relay.runs;

import io.remoterun.protocol.http.RunForm;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Flux;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was asked for, as {@code run.json} has it.
 *
 * @param form as it was posted
 * @param all whether the target was all nodes
 * @param nodes which these were then
 * @param began ISO 8601
 */
record KeptRun(String form, boolean all, List<String> nodes, String began) {
  private static final String FILE = "run.json";
  private static final JsonMapper JSON = new JsonMapper();

  static KeptRun of(Run run) {
    return new KeptRun(
        RunForm.encode(run.request()),
        run.request().target() instanceof RunTarget.All,
        run.nodes().stream().map(NodeId::value).toList(),
        run.began().toString());
  }

  /** Whole or not at all. */
  void write(Path folder) throws IOException {
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(ownerOnly));
    Path unfinished = folder.resolve(FILE + ".tmp");
    Files.write(unfinished, JSON.writeValueAsBytes(this));
    Files.move(unfinished, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  static KeptRun read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    try {
      return JSON.readValue(Files.readAllBytes(file), KeptRun.class);
    } catch (JacksonException e) {
      throw new IOException(file + " is broken", e);
    }
  }

  /** The run, over what is in its log. */
  Run run(RunId id, RunLog log) throws IOException {
    try {
      RunForm fields = RunForm.parse(form);
      RunRequest request = fields.request(id, all ? RunTarget.all() : fields.nodes());
      Plan plan = new Plan(nodes.stream().map(NodeId::new).toList(), true, Flux.empty());
      return new Run(request, plan, log, new Cancel(), Instant.parse(began));
    } catch (BadRequest | DateTimeException e) {
      throw new IOException("run " + id + " cannot be read: " + e.getMessage(), e);
    }
  }
}
