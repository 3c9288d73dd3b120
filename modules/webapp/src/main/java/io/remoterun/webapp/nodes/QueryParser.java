package io.remoterun.webapp.nodes;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one query from left to right.
 *
 * <pre>
 * any        = all { "or" all }
 * all        = one { "and" one }
 * one        = "not" one | "(" any ")" | name ( "=" | "!=" | "~" | "!~" ) value
 * name       = letter or "_", then letters, digits, "_", "-", "."
 * value      = anything without white space, quotes, parentheses, "=", "!", "~"; or in double quotes,
 *              where \" is a quote and \\ a backslash
 * </pre>
 */
final class QueryParser {
  static final int MOST_CHARACTERS = 4096;
  static final int DEEPEST = 50;

  private static final Pattern SPACE = Pattern.compile("\\s*+");
  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_.-]*+");
  private static final Pattern OPERATOR = Pattern.compile("!?[=~]");
  private static final Pattern VALUE = Pattern.compile("[^\\s\"'()=!~]++");
  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\[\"\\\\])*+)\"");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");

  private final String text;
  private final Matcher matcher;
  private int position;
  private int depth;

  QueryParser(String text) {
    if (text.length() > MOST_CHARACTERS) {
      throw new BadRequest("a query has at most " + MOST_CHARACTERS + " characters");
    }
    this.text = text;
    this.matcher = NAME.matcher(text);
  }

  Term parse() {
    Term term = any();
    skipSpace();
    if (position < text.length()) {
      throw unexpected("\"and\", \"or\" or the end");
    }
    return term;
  }

  private Term any() {
    List<Term> terms = list("or", this::all);
    return terms.size() == 1 ? terms.getFirst() : new Term.Any(terms);
  }

  private Term all() {
    List<Term> terms = list("and", this::one);
    return terms.size() == 1 ? terms.getFirst() : new Term.All(terms);
  }

  private List<Term> list(String separator, Supplier<Term> part) {
    List<Term> terms = new ArrayList<>();
    do {
      terms.add(part.get());
    } while (takesWord(separator));
    return terms;
  }

  private Term one() {
    if (++depth > DEEPEST) {
      throw new BadRequest(
          "the query is nested more than " + DEEPEST + " deep at character " + (position + 1));
    }
    Term term;
    if (takesWord("not")) {
      term = new Term.Not(one());
    } else if (takes("(")) {
      term = any();
      if (!takes(")")) {
        throw unexpected("\"and\", \"or\" or \")\"");
      }
    } else {
      term = comparison();
    }
    depth--;
    return term;
  }

  private Term comparison() {
    String name = take(NAME, "the name of a property, \"not\" or \"(\"");
    String operator = take(OPERATOR, "=, !=, ~ or !~");
    String value = value();
    Term term =
        operator.endsWith("=")
            ? new Term.Is(name, value)
            : new Term.Like(name, new Wildcards(value));
    return operator.startsWith("!") ? new Term.Not(term) : term;
  }

  private String value() {
    skipSpace();
    if (position < text.length() && text.charAt(position) == '"') {
      take(QUOTED, "a value that ends with \"");
      return ESCAPE.matcher(matcher.group(1)).replaceAll("$1");
    }
    return take(VALUE, "a value; one with spaces or signs in double quotes");
  }

  private String take(Pattern pattern, String expected) {
    skipSpace();
    if (!finds(pattern)) {
      throw unexpected(expected);
    }
    position = matcher.end();
    return matcher.group();
  }

  /** A whole word, so that a property may be called {@code order} or {@code notes}. */
  private boolean takesWord(String word) {
    skipSpace();
    boolean isThere = finds(NAME) && matcher.group().equalsIgnoreCase(word);
    position = isThere ? matcher.end() : position;
    return isThere;
  }

  private boolean takes(String sign) {
    skipSpace();
    boolean isThere = text.startsWith(sign, position);
    position += isThere ? sign.length() : 0;
    return isThere;
  }

  private void skipSpace() {
    if (finds(SPACE)) {
      position = matcher.end();
    }
  }

  private boolean finds(Pattern pattern) {
    return matcher.usePattern(pattern).region(position, text.length()).lookingAt();
  }

  private BadRequest unexpected(String expected) {
    String found =
        position == text.length() ? "the end" : Printable.of(text.substring(position).strip());
    return new BadRequest(
        "the query is wrong at character "
            + (position + 1)
            + ": expected "
            + expected
            + ", found "
            + found);
  }
}
