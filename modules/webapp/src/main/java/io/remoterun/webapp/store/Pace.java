package io.remoterun.webapp.store;

import java.time.Duration;

/**
 * How often the archive does what it does in the background.
 *
 * @param gather for how long events come together before they are written at once
 * @param look how often it looks for what other webapps have written and cancelled
 * @param lease see {@link StoreSettings}
 * @param clean how often it looks for runs that are to be deleted
 */
record Pace(Duration gather, Duration look, Duration lease, Duration clean) {
  static Pace usual(Duration lease) {
    return new Pace(Duration.ofMillis(100), Duration.ofMillis(500), lease, Duration.ofMinutes(10));
  }
}
