package io.remoterun.e2e;

import static io.remoterun.e2e.OpenPage.finished;
import static io.remoterun.e2e.OpenPage.output;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.NeedsProgram;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/** The page on a screen 390 pixels wide, with names as long as they come. */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(180)
class PhonePageIT {
  private static final String ID = "3f2a9c1e-77b0-4c62-9a51-0b7d2e4f1a01";
  private static final String HOST = "a-node-with-a-rather-long-name.production.paris.example";
  private static final String NODES =
      """
      {"root":{"hostname":"server.example","policy-server":"root"},
       "%s":{"hostname":"%s","policy-server":"root"}}
      """
          .formatted(ID, HOST);

  @TempDir private Path folder = Path.of("");

  @Test
  void everyTableCanBeReadOnAPhone() throws Exception {
    try (OpenPage page = OpenPage.start(folder, NODES)) {
      page.signIn();
      String one = begin(page, "\"" + ID + "\"");
      RunFailure refused =
          new RunFailure(
              RunFailure.Kind.UNREACHABLE, "relay root", HOST + ":5309: connection refused");
      page.relay().asked().says(new RunEvent.Failed(new NodeId(ID), refused)).end();
      String many = begin(page, "\"" + ID + "\",\"root\"");
      page.relay()
          .asked()
          .says(output("root", "error: no space left\n"))
          .says(finished("root", 1))
          .says(new RunEvent.Failed(new NodeId(ID), refused))
          .end();
      page.chromium().isAPhone();
      Map<String, String> views =
          Map.of(
              "#/",
              ".nodes tbody .badge",
              "#/nodes/" + ID,
              "table[aria-label='Runs of this node'] .badge",
              "#/runs",
              "table[aria-label=Runs] .badge",
              "#/audit",
              ".audit tbody th",
              "#/runs/" + one,
              ".head .state",
              "#/runs/" + many,
              ".results tbody .badge");
      String measure = measure();
      for (Map.Entry<String, String> view : views.entrySet()) {
        page.go(view.getKey());
        page.chromium().see(By.cssSelector(view.getValue()));
        assertThat(page.chromium().run(measure + "return unreadable()"))
            .as("cannot be read in " + view.getKey())
            .isEqualTo(List.of());
      }
    }
  }

  private static String begin(OpenPage page, String ids) throws Exception {
    String order = "{\"targets\":{\"nodes\":[" + ids + "]}}";
    return page.webapp().ask("POST", "remote-runs", order).at("/data/id").asString();
  }

  private static String measure() throws Exception {
    try (InputStream file = PhonePageIT.class.getResourceAsStream("cut.js")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
