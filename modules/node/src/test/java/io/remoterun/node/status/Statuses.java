package io.remoterun.node.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Nodes that are well, and not. */
final class Statuses {
  static final Instant NOW = Instant.parse("2026-05-01T10:02:00Z");
  static final NodeStatus.Run FIRST =
      new NodeStatus.Run(
          "0e37df36-f6c0-4a9c-8d5f-0123456789ab",
          "agent",
          List.of("force_inventory"),
          "MD5=4084 of 192.0.2.1",
          NOW.minusSeconds(4));
  static final NodeStatus WELL =
      new NodeStatus(
          "n1",
          "0.1.0",
          NOW.minus(Duration.ofHours(30)),
          NOW,
          null,
          2,
          List.of(FIRST),
          List.of(),
          List.of(
              new NodeStatus.Ended(scheduled("agent", 130), true, 61_500, false, "exit status 0"),
              new NodeStatus.Ended(
                  scheduled("inventory", 14_000), false, 900, true, "exit status 1")),
          new NodeStatus.Schedule(
              true,
              List.of(
                  new NodeStatus.Section(
                      "agent",
                      List.of("/opt/rudder/bin/rudder", "agent", "run", "-R"),
                      NOW.plusSeconds(170),
                      NOW.minusSeconds(130)),
                  new NodeStatus.Section(
                      "inventory", List.of("/bin/true"), NOW.plusSeconds(50_000), null)),
              List.of()));

  static final NodeStatus NOT_WELL =
      new NodeStatus(
          "n1",
          "0.1.0",
          NOW.minusSeconds(5),
          NOW,
          "/opt/rudder/etc/disable-agent",
          1,
          List.of(),
          List.of(),
          List.of(
              new NodeStatus.Ended(
                  scheduled("scheduled-agent", 130), true, 61_500, true, "exit status 1")),
          new NodeStatus.Schedule(
              true,
              List.of(new NodeStatus.Section("agent", List.of("/a"), NOW.minusSeconds(121), null)),
              List.of("/etc/a.conf [a]: period must be between 1 min and 24 h")));

  private Statuses() {}

  static NodeStatus.Run scheduled(String job, long secondsAgo) {
    return new NodeStatus.Run(
        "11111111-1111-4111-8111-111111111111",
        job,
        List.of(),
        "schedule",
        NOW.minusSeconds(secondsAgo));
  }
}
