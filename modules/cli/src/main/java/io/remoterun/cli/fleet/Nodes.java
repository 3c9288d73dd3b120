package io.remoterun.cli.fleet;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.http.Webapp;
import io.remoterun.protocol.run.Printable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** The nodes that the caller sees, found by id, by name, or by the beginning of one of these. */
public final class Nodes {
  private static final int MOST_CANDIDATES = 8;

  private final List<Node> all;

  /** One of them. */
  public record Node(String id, String hostname, String policyServer) {
    boolean isCalled(String word) {
      return hostname.equalsIgnoreCase(word);
    }

    boolean begins(String word) {
      return id.startsWith(word)
          || hostname.toLowerCase(Locale.ROOT).startsWith(word.toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
      return hostname + " (" + id + ")";
    }
  }

  private Nodes(List<Node> all) {
    this.all = all;
  }

  public static Nodes of(Webapp webapp) {
    return of(webapp.get("nodes"));
  }

  static Nodes of(JsonNode data) {
    return new Nodes(
        StreamSupport.stream(data.path("nodes").spliterator(), false)
            .map(
                node ->
                    new Node(
                        node.path("id").asString(""),
                        node.path("hostname").asString(""),
                        node.path("policyServerId").asString("")))
            .toList());
  }

  public List<Node> all() {
    return all;
  }

  /**
   * The same for a trigger.
   *
   * @throws Failure which says that there was none
   */
  public List<String> targets(List<String> words) {
    try {
      return ids(words);
    } catch (Failure e) {
      throw new Failure(e.getMessage() + ". Nothing was triggered");
    }
  }

  /** What the one with this id is called; its id where it is not known, or not to be seen. */
  public String name(String id) {
    return matching(node -> node.id().equals(id)).stream()
        .map(Node::hostname)
        .filter(name -> !name.isEmpty())
        .findFirst()
        .orElse(id);
  }

  /** The one with this id. */
  public Node node(String id) {
    return matching(node -> node.id().equals(id)).getFirst();
  }

  /**
   * The ids of what is meant, in this order, each once.
   *
   * @throws Failure when a word means none or several; it names all such words
   */
  public List<String> ids(List<String> words) {
    LinkedHashSet<String> ids = new LinkedHashSet<>();
    List<String> problems = new ArrayList<>();
    for (String word : words) {
      List<Node> meant = meant(word);
      if (meant.size() == 1) {
        ids.add(meant.getFirst().id());
      } else if (meant.isEmpty()) {
        problems.add("there is no node '" + Printable.of(word) + "', see remote-run nodes");
      } else {
        problems.add("'" + Printable.of(word) + "' may be " + candidates(meant));
      }
    }
    if (!problems.isEmpty()) {
      throw new Failure(String.join("; ", problems));
    }
    return List.copyOf(ids);
  }

  private List<Node> meant(String word) {
    List<Node> byId = matching(node -> node.id().equals(word));
    if (!byId.isEmpty()) {
      return byId;
    }
    List<Node> byName = matching(node -> node.isCalled(word));
    return byName.isEmpty() && !word.isEmpty() ? matching(node -> node.begins(word)) : byName;
  }

  private List<Node> matching(Predicate<Node> wanted) {
    return all.stream().filter(wanted).toList();
  }

  private static String candidates(List<Node> meant) {
    String first =
        meant.stream().limit(MOST_CANDIDATES).map(Node::toString).collect(Collectors.joining(", "));
    int rest = meant.size() - MOST_CANDIDATES;
    return rest > 0 ? first + " or " + rest + " more" : first;
  }
}
