package io.remoterun.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version that this program was built as. */
public final class BuildVersion {
  private static final Pattern MAJOR = Pattern.compile("([0-9]+\\.[0-9]+).*");
  private static final String FULL = read();

  private BuildVersion() {}

  /** Such as {@code 0.1.0-SNAPSHOT}. */
  public static String full() {
    return FULL;
  }

  /** Its first two numbers, such as {@code 0.1}: what Rudder calls the major version. */
  public static String major() {
    Matcher major = MAJOR.matcher(FULL);
    return major.matches() ? major.group(1) : FULL;
  }

  /** What this program calls itself as an HTTP client. */
  public static String userAgent() {
    return "remote-run/" + FULL;
  }

  private static String read() {
    Properties build = new Properties();
    try (InputStream file = BuildVersion.class.getResourceAsStream("build.properties")) {
      build.load(Objects.requireNonNull(file, "the build has left out its version"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build.getProperty("version");
  }
}
