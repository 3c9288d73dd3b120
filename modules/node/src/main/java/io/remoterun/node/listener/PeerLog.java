package io.remoterun.node.listener;

import org.slf4j.event.Level;

/**
 * Log lines about a peer that has shown its key, which it can cause as often as it likes: they are
 * bounded for each key. What it may do, and what changes something, is no such line. Thread-safe.
 */
record PeerLog(BoundedLog log, Peer peer) {

  void warn(String words) {
    say(Level.WARN, words);
  }

  void info(String words) {
    say(Level.INFO, words);
  }

  private void say(Level level, String words) {
    log.say(level, Peer.nameOf(peer.key()), peer + " " + words);
  }
}
