package io.remoterun.cli.runs;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.http.Webapp;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Runs by the beginning of their ids. */
final class RunIds {
  private static final Pattern BEGINNING = Pattern.compile("[0-9a-fA-F-]{1,36}");
  private static final int WHOLE = 36;
  private static final int PAGE = 200;
  private static final int MOST_PAGES = 10;

  private RunIds() {}

  /**
   * @throws Failure when it means none of the newest runs, or several
   */
  static String find(Webapp webapp, String word) {
    if (!BEGINNING.matcher(word).matches()) {
      throw new Failure("'" + Printable.of(word) + "' is no id of a run, see remote-run runs");
    }
    String beginning = word.toLowerCase(Locale.ROOT);
    if (word.length() == WHOLE) {
      return RunId.parse(word).toString();
    }
    List<String> found = new ArrayList<>();
    for (int page = 1; page <= MOST_PAGES; page++) {
      JsonNode runs = webapp.get("remote-runs?perPage=" + PAGE + "&page=" + page);
      for (JsonNode run : runs.path("runs")) {
        if (run.path("id").asString("").startsWith(beginning)) {
          found.add(run.path("id").asString(""));
        }
      }
      if (page * PAGE >= runs.path("total").asInt(0)) {
        break;
      }
    }
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw new Failure(
        found.isEmpty()
            ? "no run of the newest " + PAGE * MOST_PAGES + " begins with " + beginning
            : beginning
                + " may be "
                + String.join(", ", found.subList(0, Math.min(5, found.size()))));
  }
}
