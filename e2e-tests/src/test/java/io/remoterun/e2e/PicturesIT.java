package io.remoterun.e2e;

import static io.remoterun.e2e.OpenPage.finished;
import static io.remoterun.e2e.OpenPage.output;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/**
 * Takes pictures for the documentation, of a fleet as there might be one: {@code mvn verify -pl
 * e2e-tests -am -Dit.test=PicturesIT -Dscreenshot=true}.
 */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@EnabledIfSystemProperty(named = "screenshot", matches = ".*")
@Timeout(300)
class PicturesIT {
  private static final List<String> HOSTS =
      List.of("db-01", "db-02", "mail", "shop-01", "shop-02", "shop-03", "web-01", "web-02");

  @TempDir private Path folder = Path.of("");

  @Test
  void ofEveryKindOfPage() throws Exception {
    try (OpenPage page = OpenPage.start(folder, nodes())) {
      page.webapp().ask("PUT", "remote-run-groups/shop", "{\"query\":\"hostname~shop-*\"}");
      page.webapp()
          .ask(
              "POST",
              "remote-run-accounts",
              "{\"name\":\"ada\",\"password\":\"a long enough secret\","
                  + "\"rights\":{\"admin\":\"all\"}}");
      Chromium chromium = page.chromium();
      signInAsAda(page);
      String failed = makeHistory(page);
      chromium.reload();
      chromium.see(By.cssSelector(".nodes .badge"));
      picture(chromium, "nodes.png");
      page.go("#/nodes/shop-01");
      chromium.see(By.cssSelector(".runs .badge"));
      picture(chromium, "node.png");
      page.go("#/runs");
      chromium.see(By.cssSelector(".runs .progress"));
      picture(chromium, "history.png");
      page.go("#/audit");
      chromium.see(By.cssSelector(".audit tbody th"));
      chromium.click(By.xpath("//button[.='Verify']"));
      chromium.see(By.cssSelector("[data-slot=verdict]"));
      picture(chromium, "audit.png");
      chromium.prefersDark(true);
      page.go("#/runs/" + failed);
      chromium.see(By.cssSelector("[role=log] .line.error"));
      picture(chromium, "output-dark.png");
      page.go("#/runs");
      chromium.see(By.cssSelector(".runs .progress"));
      picture(chromium, "history-dark.png");
    }
  }

  private static void signInAsAda(OpenPage page) {
    Chromium chromium = page.chromium();
    chromium.open(page.webapp().url() + "/login");
    chromium.see(By.id("name")).sendKeys("ada");
    chromium.see(By.id("token")).sendKeys("a long enough secret");
    chromium.click(By.id("submit"));
    chromium.see(By.id("filter"));
  }

  private static String nodes() {
    return HOSTS.stream()
        .map(
            "\"%1$s\":{\"hostname\":\"%1$s.paris.example\",\"policy-server\":\"relay\"}"::formatted)
        .collect(
            Collectors.joining(
                ",",
                "{\"root\":{\"hostname\":\"rudder.example\",\"policy-server\":\"root\"},"
                    + "\"relay\":{\"hostname\":\"relay.paris.example\",\"policy-server\":\"root\"},",
                "}"));
  }

  /** The id of a run of one node, with reports, that has failed. */
  private static String makeHistory(OpenPage page) throws Exception {
    ScriptedRelay relay = page.relay();
    start(page, "{\"all\":true}", "");
    ScriptedRelay.Asked all = relay.asked();
    all.says(finished("root", 0)).says(finished("relay", 0));
    for (String host : HOSTS) {
      all.says(
          host.equals("mail")
              ? failed(host, "connection refused")
              : finished(host, host.equals("db-02") ? 1 : 0));
    }
    all.end();
    start(page, "{\"group\":\"shop\"}", ",\"conditions\":[\"force_inventory\"]");
    ScriptedRelay.Asked group = relay.asked();
    for (String host : HOSTS.subList(3, 6)) {
      group.says(finished(host, 0));
    }
    group.end();
    start(page, "{\"nodes\":[\"mail\"]}", "");
    relay.asked().says(failed("mail", "connection refused")).end();
    String one = start(page, "{\"nodes\":[\"shop-01\"]}", "");
    ScriptedRelay.Asked asked = relay.asked();
    asked.says(new RunEvent.Started(new NodeId("shop-01"), "rudder agent run -R"));
    report(asked, "control", "rudder", "run", "start", "Start execution");
    report(asked, "result_success", "packages", "Package", "nginx", "nginx is there, 1.26.3");
    report(asked, "result_repaired", "packages", "Package", "curl", "curl was 8.5.0, is 8.14.1");
    report(asked, "result_na", "packages", "Post-script", "None", "Nothing to do after it");
    report(asked, "result_success", "files", "File", "/etc/motd", "As it should be");
    asked.says(
        output(
            "shop-01", "  warning: /etc/shop.conf is \u001b[33mreadable by everybody\u001b[0m\n"));
    report(asked, "audit_noncompliant", "sshd", "Option", "X11Forwarding", "It is yes, not no");
    report(
        asked, "result_error", "sshd", "Service", "sshd", "Could not be restarted: exit status 1");
    asked.says(
        output(
            "shop-01",
            "  error: \u001b[1;31msshd.service failed\u001b[0m because its file is wrong\n"));
    report(asked, "control", "rudder", "run", "end", "End execution");
    asked.says(finished("shop-01", 1)).end();
    start(page, "{\"nodes\":[\"web-01\",\"web-02\"]}", "");
    relay.asked().says(finished("web-01", 0));
    return one;
  }

  private static String start(OpenPage page, String targets, String more) throws Exception {
    return page.webapp()
        .ask("POST", "remote-runs", "{\"targets\":" + targets + more + "}")
        .at("/data/id")
        .asString();
  }

  private static void report(
      ScriptedRelay.Asked asked,
      String state,
      String technique,
      String component,
      String key,
      String message) {
    asked.says(
        output(
            "shop-01",
            "R: @@%s@@%s@@rule@@directive@@7@@%s@@%s@@2026-01-31 12:00:00+00:00##shop-01@#%s%n"
                .formatted(technique, state, component, key, message)));
  }

  private static RunEvent failed(String node, String reason) {
    return new RunEvent.Failed(
        new NodeId(node),
        new RunFailure(RunFailure.Kind.UNREACHABLE, "relay relay.paris.example", reason));
  }

  private static void picture(Chromium chromium, String name) throws IOException {
    chromium.screenshot(Path.of(System.getProperty("project.folder"), "docs/images", name));
  }
}
