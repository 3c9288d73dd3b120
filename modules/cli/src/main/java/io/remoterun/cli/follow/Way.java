package io.remoterun.cli.follow;

import io.remoterun.protocol.report.FormatOptions;
import java.time.Duration;

/**
 * How a run is watched.
 *
 * @param view where its events go
 * @param format of rows and summary
 * @param errors whether errors of policies count for the exit status
 * @param deviations whether also what is not compliant does
 * @param hasProgress whether a line at the bottom of the terminal tells how it stands
 * @param namesRun whether the run's id is told
 * @param patience how long a connection is sought again that is lost
 */
record Way(
    View view,
    FormatOptions format,
    boolean errors,
    boolean deviations,
    boolean hasProgress,
    boolean namesRun,
    Duration patience) {}
