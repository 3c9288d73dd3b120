package io.remoterun.cli.follow;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.format.ViewOptions;
import io.remoterun.protocol.conf.RudderDuration;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a run is watched. */
public final class FollowOptions {
  static final Duration PATIENCE = Duration.ofMinutes(1);

  @ArgGroup(exclusive = true)
  As as = new As();

  @Option(
      names = "--reconnect-for",
      paramLabel = "TIME",
      description = "How long to try to get a lost connection back. Default: 1min.")
  @Nullable String reconnectFor;

  @Mixin ViewOptions view = new ViewOptions();

  /** What is written where, if it is no table. */
  static final class As {
    @Option(names = "--json", description = "The run's events, a JSON object a line.")
    boolean json;

    @Option(
        names = {"-r", "--raw"},
        description = "What the agents print, as it is; the summary goes to standard error.")
    boolean raw;

    @Option(
        names = "--output-dir",
        paramLabel = "DIR",
        description = "What each agent prints, to a file NODE.log in this folder.")
    @Nullable Path folder;
  }

  Way way(Shell shell, KnownRun run) {
    boolean areMany = run.names().size() > 1;
    return new Way(
        Views.of(this, shell, run),
        view.options(shell.terminal(), false, false, false, areMany),
        view.errors(),
        view.deviations(),
        areMany || as.folder != null,
        !as.json,
        patience());
  }

  private Duration patience() {
    try {
      return reconnectFor == null ? PATIENCE : RudderDuration.parse(reconnectFor);
    } catch (IllegalArgumentException e) {
      throw Failure.usage("--reconnect-for " + RudderDuration.FORMS);
    }
  }
}
