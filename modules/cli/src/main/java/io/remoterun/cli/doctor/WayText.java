package io.remoterun.cli.doctor;

import io.remoterun.protocol.report.Display;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way for people: below each hop what it has seen, and below what is wrong what to do.
 *
 * @param isColored then a mark tells how a step went, and elsewhere a word
 * @param columns of the terminal; none are too many where there is no terminal
 */
record WayText(boolean isColored, int columns) {
  /** What relays begin their words with: who, and where that is. */
  private static final Pattern PEER = Pattern.compile("((?:relay \\S+ at )?\\S+:[0-9]+):? (.*)");

  private static final int LEAST_WIDTH_OF_STEP = 10;
  private static final long WORTH_TELLING = 500;

  String of(Way way) {
    StringBuilder text = new StringBuilder();
    String title = way.id().isEmpty() ? "webapp " + way.to() : way.to() + " (" + way.id() + ")";
    text.append(strong(title)).append('\n');
    int width =
        way.looks().stream()
            .mapToInt(look -> Display.width(look.step()))
            .reduce(LEAST_WIDTH_OF_STEP, Math::max);
    for (List<Look> hop : hops(way.looks())) {
      hop(text, hop, width);
    }
    return text.toString();
  }

  private static List<List<Look>> hops(List<Look> looks) {
    List<List<Look>> hops = new ArrayList<>();
    for (Look look : looks) {
      if (hops.isEmpty() || !hops.getLast().getLast().hop().equals(look.hop())) {
        hops.add(new ArrayList<>());
      }
      hops.getLast().add(look);
    }
    return hops;
  }

  /** Whom it looks at is said once, if it is the same in all its steps. */
  private void hop(StringBuilder text, List<Look> looks, int width) {
    List<String> peers =
        looks.stream().filter(look -> !isOwn(look)).map(WayText::peer).distinct().toList();
    String peer = peers.size() == 1 ? peers.getFirst() : "";
    text.append("  ").append(looks.getFirst().hop());
    text.append(peer.isEmpty() ? "" : " to " + peer).append('\n');
    looks.forEach(look -> look(text, look, peer, width));
  }

  private static boolean isOwn(Look look) {
    return look.step().equals("route");
  }

  private static String peer(Look look) {
    Matcher words = PEER.matcher(look.words());
    return words.matches() ? words.group(1) : "";
  }

  private void look(StringBuilder text, Look look, String peer, int width) {
    Matcher words = PEER.matcher(look.words());
    boolean isSaid = !peer.isEmpty() && words.matches() && words.group(1).equals(peer);
    String took =
        look.millis() < WORTH_TELLING ? "" : " (%.1f s)".formatted(look.millis() / 1000.0);
    String mark = mark(look.state());
    int indent = 4 + Display.width(mark) + 1 + width + 1;
    text.append("    ")
        .append(colored(look.state(), mark))
        .append(' ')
        .append(Display.padded(look.step(), width + 1))
        .append(wrapped((isSaid ? words.group(2) : look.words()) + took, indent))
        .append('\n');
    if (!look.advice().isEmpty()) {
      String arrow = isColored ? "→ " : "-> ";
      text.append(" ".repeat(indent))
          .append(colored(look.state(), arrow))
          .append(wrapped(look.advice(), indent + Display.width(arrow)))
          .append('\n');
    }
  }

  private String mark(Look.State state) {
    return switch (state) {
      case OK -> isColored ? "✓" : "ok     ";
      case FAILED -> isColored ? "✗" : "FAILED ";
      case UNKNOWN -> isColored ? "?" : "unknown";
    };
  }

  private String colored(Look.State state, String text) {
    if (!isColored) {
      return text;
    }
    String color =
        switch (state) {
          case OK -> "32";
          case FAILED -> "1;31";
          case UNKNOWN -> "33";
        };
    return "\033[" + color + "m" + text + "\033[0m";
  }

  private String strong(String text) {
    return isColored ? "\033[1m" + text + "\033[0m" : text;
  }

  /** The lines after the first one are below it. */
  private String wrapped(String words, int indent) {
    int room = Math.max(20, columns - indent);
    StringBuilder text = new StringBuilder();
    int used = 0;
    for (String word : words.split(" ", -1)) {
      int width = Display.width(word);
      if (used > 0 && used + 1 + width > room) {
        text.append('\n').repeat(' ', indent);
        used = 0;
      } else if (used > 0) {
        text.append(' ');
        used++;
      }
      text.append(word);
      used += width;
    }
    return text.toString();
  }

  /** How it went, all in all. */
  static String summary(List<Way> nodes) {
    List<Way> bad = nodes.stream().filter(way -> !way.isWell()).toList();
    if (bad.isEmpty()) {
      return nodes.size() == 1 ? "It is well.\n" : "All " + nodes.size() + " are well.\n";
    }
    StringBuilder text = new StringBuilder(bad.size() + " of " + nodes.size() + " not well:\n");
    for (Way way : bad) {
      Look first = way.looks().stream().filter(Look::hasFailed).findFirst().orElseThrow();
      text.append("  %s: %s, seen by %s%n".formatted(way.to(), first.step(), first.hop()));
    }
    return text.toString();
  }
}
