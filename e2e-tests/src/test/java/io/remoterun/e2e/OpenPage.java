package io.remoterun.e2e;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.nio.file.Path;
import org.openqa.selenium.By;

/** The page in a browser, for who has signed in, before a webapp whose relay plays a script. */
record OpenPage(Chromium chromium, ScriptedWebapp webapp) implements AutoCloseable {
  static final By STATE = By.cssSelector(".head .state");
  static final By OUTPUT = By.cssSelector("[role=log]");

  /**
   * @param folder empty
   */
  static OpenPage start(Path folder) throws IOException {
    return start(folder, ScriptedWebapp.NODES);
  }

  /**
   * @param nodes the root server's node list
   */
  static OpenPage start(Path folder, String nodes) throws IOException {
    Chromium chromium = Chromium.start(folder.resolve("profile"));
    try {
      return new OpenPage(chromium, ScriptedWebapp.start(folder, nodes));
    } catch (IOException | RuntimeException e) {
      chromium.close();
      throw e;
    }
  }

  ScriptedRelay relay() {
    return webapp.relay();
  }

  /** As the administrator, on the page with the nodes. */
  void signIn() {
    signIn(webapp.url());
  }

  /**
   * @param url where the webapp is for this browser
   */
  void signIn(String url) {
    chromium.open("about:blank");
    chromium.open(url + "/login#token=" + webapp.token());
    chromium.click(By.id("submit"));
    chromium.see(By.id("filter"));
  }

  /** Another view, without loading the page anew. */
  void go(String fragment) {
    chromium.run("location.hash = '%s'".formatted(fragment));
  }

  static RunEvent output(String node, String text) {
    return new RunEvent.Output(new NodeId(node), OutputBytes.ofUtf8(text));
  }

  static RunEvent finished(String node, int code) {
    return new RunEvent.Finished(new NodeId(node), ExitStatus.code(code));
  }

  @Override
  public void close() {
    chromium.close();
    webapp.close();
  }
}
