package io.remoterun.node.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTextTest {

  @Test
  void tellsHowANodeIs() {
    assertThat(StatusText.of(Statuses.WELL, false))
        .isEqualTo(
            """
            node n1  remote-run 0.1.0, up 30 h, 2 connections

            agent [force_inventory]  runs since 4.0 s, by MD5=4084 of 192.0.2.1, run 0e37df36-f6c0-4a9c-8d5f-0123456789ab

            schedule
              agent      in 2 min 50 s   last 2 min 10 s ago  /opt/rudder/bin/rudder agent run -R
              inventory  in 13 h 53 min  last never           /bin/true

            last runs
              2 min 10 s ago  agent      took 1 min 1 s  exit status 0  by schedule, run 11111111-1111-4111-8111-111111111111
              3 h 53 min ago  inventory  took 0.9 s      exit status 1  by schedule, run 11111111-1111-4111-8111-111111111111
            """);
    assertThat(Statuses.WELL.worries()).isEmpty();
  }

  @Test
  void tellsWhatIsToBeLookedAt() {
    assertThat(StatusText.of(Statuses.NOT_WELL, false))
        .contains("agent  disabled\n")
        .contains("  agent  overdue")
        .endsWith(
            """

            to look at
              /etc/a.conf [a]: period must be between 1 min and 24 h
              the agent is disabled: there is /opt/rudder/etc/disable-agent
              section agent should have been started at 2026-05-01T09:59:59Z
              the last run of the agent failed: exit status 1
            """);
    assertThat(Statuses.NOT_WELL.worries()).hasSize(4);
  }

  @Test
  void paintsOnlyWhenItIsToldToAndKeepsTheColumns() {
    String plain = StatusText.of(Statuses.WELL, false);
    String painted = StatusText.of(Statuses.WELL, true);

    assertThat(plain).doesNotContain("\u001b");
    assertThat(painted).contains("\u001b[32m").isNotEqualTo(plain);
    assertThat(painted.replaceAll("\u001b\\[[0-9]*m", "")).isEqualTo(plain);
  }

  @ParameterizedTest
  @CsvSource({
    "-5s, 0.0 s",
    "0s, 0.0 s",
    "9s, 9.0 s",
    "59s, 59 s",
    "60s, 1 min",
    "3599s, 59 min 59 s",
    "3600s, 1 h",
    "172799s, 47 h 59 min",
    "172800s, 2 d",
    "180000s, 2 d 2 h",
  })
  void tellsTimesInTwoUnits(String time, String words) {
    assertThat(StatusText.words(Duration.parse("PT" + time))).isEqualTo(words);
  }
}
