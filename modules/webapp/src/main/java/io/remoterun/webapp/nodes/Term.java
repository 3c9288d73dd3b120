package io.remoterun.webapp.nodes;

import java.util.List;

/** A part of a query. */
sealed interface Term {
  boolean isMetBy(Node node);

  record Is(String name, String value) implements Term {
    @Override
    public boolean isMetBy(Node node) {
      return node.values(name).contains(value);
    }
  }

  record Like(String name, Wildcards pattern) implements Term {
    @Override
    public boolean isMetBy(Node node) {
      return node.values(name).stream().anyMatch(pattern::match);
    }
  }

  record Not(Term term) implements Term {
    @Override
    public boolean isMetBy(Node node) {
      return !term.isMetBy(node);
    }
  }

  record All(List<Term> terms) implements Term {
    @Override
    public boolean isMetBy(Node node) {
      return terms.stream().allMatch(term -> term.isMetBy(node));
    }
  }

  record Any(List<Term> terms) implements Term {
    @Override
    public boolean isMetBy(Node node) {
      return terms.stream().anyMatch(term -> term.isMetBy(node));
    }
  }
}
