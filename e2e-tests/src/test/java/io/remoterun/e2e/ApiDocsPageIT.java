package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.NeedsProgram;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/** The page to read the API and to try it out, in a real browser. */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(120)
class ApiDocsPageIT {
  private static final By OPERATION = By.cssSelector(".opblock");

  @TempDir private Path folder = Path.of("");

  @Test
  void showsEveryOperationAndTriesItOutAlsoBelowAPath() throws Exception {
    try (OpenPage page = OpenPage.start(folder);
        FrontEnd frontEnd = FrontEnd.of(page.webapp().address(), "/tools/remote-run")) {
      Chromium chromium = page.chromium();
      page.signIn(frontEnd.url());
      chromium.click(By.linkText("API"));
      chromium.see(OPERATION);
      assertThat(chromium.address()).isEqualTo(frontEnd.url() + "/api-docs");
      Object described =
          chromium.run(
              """
              return fetch("rudder/secure/api/openapi.json")
                .then((answer) => answer.json())
                .then(({ paths }) => Object.values(paths)
                  .flatMap(Object.keys).filter((key) => key !== "parameters").length);
              """);
      assertThat((Long) described).isGreaterThan(20);
      chromium.wait(driver -> Objects.equals(described, (long) chromium.all(OPERATION).size()));

      chromium.click(
          By.cssSelector("#operations-nodes-listAcceptedNodes .opblock-summary-control"));
      chromium.click(By.cssSelector("#operations-nodes-listAcceptedNodes .try-out__btn"));
      chromium.click(By.cssSelector("#operations-nodes-listAcceptedNodes .execute"));
      chromium.seeText(
          By.cssSelector("#operations-nodes-listAcceptedNodes .responses-inner"), "one.example");
      chromium.click(By.linkText("\u2039 Remote Run"));
      chromium.see(By.id("filter"));
      assertThat(chromium.complaints()).isEmpty();
    }
  }
}
