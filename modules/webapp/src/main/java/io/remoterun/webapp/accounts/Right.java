package io.remoterun.webapp.accounts;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import java.util.Arrays;
import java.util.List;

/** What an account can be allowed to do. Each is an authority of Spring Security, by its key. */
public enum Right {
  /** See runs and their output. */
  RUN_READ("run:read"),
  /** Start agents, without conditions. */
  RUN_TRIGGER("run:trigger"),
  /** Start agents with conditions, for who may start them at all. */
  RUN_TRIGGER_CONDITIONS("run:trigger-conditions"),
  /** Stop runs. */
  RUN_CANCEL("run:cancel"),
  /**
   * See the metrics and how healthy all is, which is about no node; for all nodes or not at all.
   */
  STATUS_READ("status:read"),
  /**
   * All of the above; and, where it is not limited to groups, accounts, groups and the audit log.
   */
  ADMIN("admin");

  private final String key;

  Right(String key) {
    this.key = key;
  }

  /** Whether it is about nodes, so that they can be seen by who has it. */
  boolean isAboutNodes() {
    return this != STATUS_READ;
  }

  /** What the API, the configuration and the database call it. */
  public String key() {
    return key;
  }

  /**
   * @throws BadRequest when no right is called so
   */
  public static Right of(String key) {
    return Arrays.stream(values())
        .filter(right -> right.key.equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                new BadRequest(
                    "no right is called " + Printable.of(key) + ", but some are " + all()));
  }

  private static List<String> all() {
    return Arrays.stream(values()).map(Right::key).toList();
  }

  @Override
  public String toString() {
    return key;
  }
}
