package io.remoterun.cli.runs;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Of what is listed, what is of a time. */
final class Span {
  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only newer ones, such as 2026-01-31T12:00:00Z.")
  @Nullable String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Only older ones.")
  @Nullable String until;
}
