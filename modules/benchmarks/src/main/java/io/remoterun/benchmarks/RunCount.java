package io.remoterun.benchmarks;

import io.remoterun.protocol.log.RunEventStream;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Counts the events of an answer ({@link RunEventStream}) without keeping any: whoever measures
 * must cost less than what is measured. Output is ASCII here, so that characters are bytes. Written
 * by one thread, and may be looked at by others.
 */
final class RunCount {
  private static final JsonFactory JSON = new JsonFactory();

  volatile long finished;
  volatile long lines;
  volatile long bytes;
  volatile long gaps;
  volatile long gapBytes;

  /** When the last agent ended that ended, in nanoseconds. */
  long lastEnd;

  /** By kind. */
  final Map<String, Long> failed = new TreeMap<>();

  /** Of the failure that came last, for a person. */
  String reason = "";

  /** What the event that is read now says. */
  private String event = "";

  private String kind = "";
  private long text;
  private long feeds;
  private long missing;

  /** Reads to the end. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  RunCount read(InputStream answer) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), answer)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        switch (token) {
          case START_OBJECT -> {
            text = 0;
            feeds = 0;
          }
          case PROPERTY_NAME -> property(json, json.currentName());
          case END_OBJECT -> endOfEvent();
          default -> {}
        }
      }
    }
    return this;
  }

  private void property(JsonParser json, String name) {
    json.nextToken();
    switch (name) {
      case "event" -> event = json.getString();
      case "kind" -> kind = json.getString();
      case "reason" -> reason = json.getString();
      case "bytes" -> missing = json.getLongValue();
      case "text" ->
          text(json.getStringCharacters(), json.getStringOffset(), json.getStringLength());
      default -> json.skipChildren();
    }
  }

  private void text(char[] characters, int offset, int length) {
    text = length;
    for (int i = offset; i < offset + length; i++) {
      if (characters[i] == '\n') {
        feeds++;
      }
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  private void endOfEvent() {
    switch (event) {
      case "output" -> {
        bytes += text;
        lines += feeds;
      }
      case "gap" -> {
        gaps++;
        gapBytes += missing;
      }
      case "finished" -> {
        finished++;
        lastEnd = System.nanoTime();
      }
      case "failed" -> failed.merge(kind, 1L, Long::sum);
      default -> {}
    }
  }

  /** How many nodes have ended, one way or another. */
  long outcomes() {
    return finished + failed.values().stream().mapToLong(Long::longValue).sum();
  }
}
