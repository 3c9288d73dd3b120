package io.remoterun.webapp.nodes;

import io.remoterun.protocol.run.BadRequest;

/**
 * A question about a node that has an answer of yes or no: {@code os=debian and not hostname~web*}.
 *
 * <p>{@code name=value} is met when one of the values of the name is this one, {@code name~pattern}
 * when one of them is like it, where {@code *} stands for any text and {@code ?} for one character;
 * {@code !=} and {@code !~} are met when none is, so also by a node without the property. Upper and
 * lower case differ. Names are {@code id}, {@code hostname}, {@code policyServerId} and those of
 * the properties. {@code not} binds more closely than {@code and}, and this more than {@code or}.
 */
public final class Query {
  private final String text;
  private final Term term;

  private Query(String text, Term term) {
    this.text = text;
    this.term = term;
  }

  /**
   * @throws BadRequest when it is no query; says where and what was expected
   */
  public static Query parse(String text) {
    return new Query(text, new QueryParser(text).parse());
  }

  public boolean isMetBy(Node node) {
    return term.isMetBy(node);
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Query that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
