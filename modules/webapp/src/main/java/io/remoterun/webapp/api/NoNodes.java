package io.remoterun.webapp.api;

/** What was asked for is meant for no node that the caller may trigger. */
final class NoNodes extends RuntimeException {
  NoNodes() {
    super(
        "there is no node to trigger: none is meant, or you may trigger none of them",
        null,
        false,
        false);
  }
}
