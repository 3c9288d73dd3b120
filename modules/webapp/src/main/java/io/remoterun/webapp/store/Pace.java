package io.remoterun.webapp.store;

import java.time.Duration;

/**
 * How often the archive does what it does in the background.
 *
 * @param gather for how long events come together before they are written at once
 * @param look how often it looks for what other webapps have written and cancelled
 * @param lease for how long a webapp that says nothing is believed to live
 * @param clean how often it looks for runs that are to be deleted
 */
record Pace(Duration gather, Duration look, Duration lease, Duration clean) {
  static final Pace USUAL =
      new Pace(
          Duration.ofMillis(100),
          Duration.ofMillis(500),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10));
}
