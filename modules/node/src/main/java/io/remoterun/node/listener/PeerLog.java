package io.remoterun.node.listener;

import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Log lines about a peer that has shown its key. What is decided of its requests is always said;
 * what else happens to its connections, which it can cause as often as it likes, is bounded for
 * each key. Thread-safe.
 */
record PeerLog(Logger decisions, BoundedLog events, Peer peer) {

  /** What it may do. */
  void allowed(String words) {
    decisions.info("{} {}", peer, words);
  }

  /** What it may not do, and why. */
  void denied(String words) {
    decisions.warn("{} {}", peer, words);
  }

  void warn(String words) {
    say(Level.WARN, words);
  }

  void info(String words) {
    say(Level.INFO, words);
  }

  private void say(Level level, String words) {
    events.say(level, Peer.nameOf(peer.key()), peer + " " + words);
  }
}
