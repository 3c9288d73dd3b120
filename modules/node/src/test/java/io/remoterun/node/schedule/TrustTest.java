package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose files are used. Only root can give one away. */
@NeedsRoot
class TrustTest {
  @TempDir private Path folder = Path.of("");

  private Path file() {
    return folder.resolve("agentd.conf");
  }

  private AgentdConf conf(String toml) throws IOException {
    Files.writeString(file(), toml);
    return AgentdConf.read(file());
  }

  private void dropIn(String name, String toml) throws IOException {
    Files.createDirectories(folder.resolve("agentd.conf.d"));
    Files.writeString(folder.resolve("agentd.conf.d/" + name), toml);
  }

  @Test
  void whatBelongsToSomebodyElseIsNotUsed() throws IOException {
    dropIn("x.conf", "[x]\ncommand = \"/x\"");
    dropIn("y.conf", "[y]\ncommand = \"/y\"");
    Path dropIns = folder.resolve("agentd.conf.d");
    Path alien = dropIns.resolve("x.conf");
    Files.setAttribute(alien, "unix:uid", InstalledHelper.UID);
    AgentdConf conf = conf("[a]\ncommand = \"/a\"");

    assertThat(conf.sections()).extracting(Section::name).containsExactly("a", "y");
    assertThat(conf.problems()).containsExactly(belongsToNobody(alien));

    Files.setAttribute(dropIns, "unix:uid", InstalledHelper.UID);
    Files.setAttribute(file(), "unix:uid", InstalledHelper.UID);
    assertThat(AgentdConf.read(file()).sections()).isEmpty();
    assertThat(AgentdConf.read(file()).problems())
        .containsExactly(belongsToNobody(file()), belongsToNobody(dropIns));
  }

  private static Problem belongsToNobody(Path path) {
    return new Problem(
        path.toString(),
        "is not used, because it belongs to nobody, who is neither root nor the node's user, root"
            + " (chown root "
            + path
            + ")");
  }

  @Test
  void whatBelongsToTheNodesOwnUserIsUsed() throws IOException {
    Path self = Files.createFile(folder.resolve("self"));
    Files.setAttribute(self, "unix:uid", InstalledHelper.UID);
    Files.writeString(file(), "[a]\ncommand = \"/a\"");
    Files.setAttribute(file(), "unix:uid", InstalledHelper.UID);

    AgentdConf conf = AgentdConf.read(file(), new Trust(self));
    assertThat(conf.problems()).isEmpty();
    assertThat(conf.sections()).extracting(Section::name).containsExactly("a");
  }
}
