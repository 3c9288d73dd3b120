package io.remoterun.webapp.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The first rule that fits a path counts, and the handler that fits it best answers. So no path may
 * fit two rules that ask for different things: whoever chooses a name, as that of an account, would
 * choose the rule.
 */
class RulesTest {
  private static final PathPatternParser PARSER = new PathPatternParser();

  /** Every word that has a meaning somewhere, and some that have none. */
  private static final Set<String> WORDS =
      Stream.concat(
              patterns().flatMap(pattern -> Stream.of(pattern.split("/", -1))),
              Stream.of("latest", "1", "22", "x", "api", "secure", "rudder"))
          .filter(word -> !word.isEmpty() && !word.contains("{") && !word.contains("*"))
          .collect(Collectors.toCollection(TreeSet::new));

  private static Stream<String> patterns() {
    return Rules.ALL.stream().flatMap(rule -> rule.patterns().stream());
  }

  @Test
  void noPathFitsTwoRulesThatAskForDifferentThings() {
    Set<String> paths = patterns().flatMap(RulesTest::paths).collect(Collectors.toSet());
    assertThat(paths)
        .contains("/rudder/api/remote-run-accounts/nodes", "/rudder/api/latest/nodes")
        .hasSizeGreaterThan(1000);
    List<Parsed> rules =
        Rules.ALL.stream()
            .flatMap(
                rule ->
                    rule.patterns().stream()
                        .map(pattern -> new Parsed(rule, PARSER.parse(pattern))))
            .toList();
    Set<String> contradictions = new TreeSet<>();
    for (String path : paths) {
      PathContainer parsed = PathContainer.parsePath(path);
      rules.stream()
          .filter(rule -> rule.pattern().matches(parsed))
          .map(Parsed::rule)
          .collect(
              Collectors.groupingBy(
                  Rule::method, Collectors.mapping(Rule::who, Collectors.toSet())))
          .forEach(
              (method, who) -> {
                if (who.size() > 1) {
                  contradictions.add(method + " " + path + " " + who);
                }
              });
    }
    assertThat(contradictions).isEmpty();
  }

  private record Parsed(Rule rule, PathPattern pattern) {}

  /** Each way to put words in the places of a pattern's variables. */
  private static Stream<String> paths(String pattern) {
    List<String> paths = new ArrayList<>(List.of(""));
    for (String part : pattern.substring(1).split("/", -1)) {
      Set<String> words =
          part.contains("{") || part.contains("*") ? WORDS : new HashSet<>(List.of(part));
      paths =
          paths.stream()
              .flatMap(path -> words.stream().map(word -> path + "/" + word))
              .collect(Collectors.toCollection(ArrayList::new));
    }
    return paths.stream();
  }
}
