package io.remoterun.e2e;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.ExternalProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.ExpectedCondition;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Debian's Chromium without a screen, with a new profile. It and its driver are named by their
 * files, so that nothing is downloaded.
 */
final class Chromium implements AutoCloseable {
  private static final Duration PATIENCE = Eventually.DEADLINE;

  /** The driver starts with nothing in any cache where it is the first. */
  private static final Duration START = Duration.ofSeconds(60);

  // It warns of a DevTools version that it has no classes for: none of them are used here.
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  static {
    SELENIUM.setLevel(Level.SEVERE);
  }

  private final ChromeDriver driver;

  private Chromium(ChromeDriver driver) {
    this.driver = driver;
  }

  /**
   * @param profile a new folder
   */
  static Chromium start(Path profile) {
    Path driver = ExternalProgram.require("chromedriver", "chromium-driver");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(ExternalProgram.require("chromium", "chromium").toString());
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=en",
        "--window-size=1280,800",
        "--user-data-dir=" + profile);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(driver.toFile())
            .usingAnyFreePort()
            .withTimeout(START)
            .build();
    return new Chromium(new ChromeDriver(service, options));
  }

  void open(String url) {
    driver.get(url);
  }

  String address() {
    return driver.getCurrentUrl();
  }

  void reload() {
    driver.navigate().refresh();
  }

  /** What follows is done in a new window, which has the same session. */
  void openInNewWindow(String url) {
    driver.switchTo().newWindow(WindowType.TAB);
    driver.get(url);
  }

  /** Closes this window; what follows is done in the first one. */
  void closeWindow() {
    driver.close();
    driver.switchTo().window(driver.getWindowHandles().iterator().next());
  }

  /** Waits for it to be there and in sight. */
  WebElement see(By what) {
    return wait(ExpectedConditions.visibilityOfElementLocated(what));
  }

  /** Waits until the element's text contains this. */
  void seeText(By what, String text) {
    wait(ExpectedConditions.textToBePresentInElementLocated(what, text));
  }

  /**
   * Waits until this is all of its text. Output is drawn in the frame after the rest of the page.
   */
  void seeExactly(By what, String text) {
    wait(ExpectedConditions.textToBe(what, text));
  }

  void click(By what) {
    wait(ExpectedConditions.elementToBeClickable(what)).click();
  }

  void doubleClick(By what) {
    new Actions(driver).doubleClick(wait(ExpectedConditions.elementToBeClickable(what))).perform();
  }

  /** Presses keys wherever the focus is. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Something that a screen reader tells of; without a name it has an empty one. */
  record Heard(String role, String name) {}

  /** The whole page as a screen reader has it. */
  List<Heard> heard() {
    JsonNode tree =
        JsonMapper.shared()
            .valueToTree(driver.executeCdpCommand("Accessibility.getFullAXTree", Map.of()));
    List<Heard> heard = new ArrayList<>();
    for (JsonNode node : tree.path("nodes")) {
      if (!node.path("ignored").asBoolean()) {
        heard.add(
            new Heard(node.at("/role/value").asString(), node.at("/name/value").asString("")));
      }
    }
    return heard;
  }

  /** What a screen reader calls it; empty: nothing. */
  static String nameOf(WebElement element) {
    return Objects.requireNonNullElse(element.getAccessibleName(), "");
  }

  /** The element with the focus. */
  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  /**
   * @param folder made here, for what is downloaded from now on
   */
  Path downloadsTo(Path folder) throws IOException {
    driver.executeCdpCommand(
        "Browser.setDownloadBehavior",
        Map.of("behavior", "allow", "downloadPath", folder.toString()));
    return Files.createDirectories(folder);
  }

  /** Waits for a file in a folder of downloads that is complete: until then it has another name. */
  Path downloaded(Path folder) {
    wait(driver -> !complete(folder).isEmpty());
    return complete(folder).getFirst();
  }

  private static List<Path> complete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".log")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<WebElement> all(By what) {
    return driver.findElements(what);
  }

  String text(By what) {
    return see(what).getText();
  }

  <T> T wait(ExpectedCondition<T> condition) {
    return new WebDriverWait(driver, PATIENCE, Duration.ofMillis(20)).until(condition);
  }

  /** Whether the JavaScript expression is true. */
  boolean holds(String expression) {
    return Boolean.TRUE.equals(driver.executeScript("return " + expression));
  }

  /** What the JavaScript, the body of a function, returns. */
  @Nullable Object run(String script) {
    return driver.executeScript(script);
  }

  /** Whether the person likes pages dark. */
  void prefersDark(boolean isDark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
  }

  /** From here on the window is that of a phone, 390 pixels wide. */
  void isAPhone() {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 390, "height", 844, "deviceScaleFactor", 2, "mobile", true));
  }

  /** What went wrong in the page's scripts, and what the Content-Security-Policy has stopped. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  /** What is to be seen, at twice the pixels, so that it is sharp everywhere. */
  void screenshot(Path png) throws IOException {
    // What is under the pointer looks otherwise.
    new Actions(driver).moveToLocation(0, 0).perform();
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 1200, "height", 640, "deviceScaleFactor", 2, "mobile", false));
    Files.createDirectories(png.toAbsolutePath().getParent());
    Files.write(png, driver.getScreenshotAs(OutputType.BYTES));
    driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
  }

  @Override
  public void close() {
    driver.quit();
  }
}
