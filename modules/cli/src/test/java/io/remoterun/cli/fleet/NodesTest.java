package io.remoterun.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.cli.http.Webapp;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodesTest {
  private final Nodes nodes =
      Nodes.of(
          Webapp.JSON.readTree(
              """
              {"nodes":[
                {"id":"root","hostname":"server.example","policyServerId":"root"},
                {"id":"aa11","hostname":"web.example","policyServerId":"root"},
                {"id":"aa22","hostname":"web2.example","policyServerId":"root"},
                {"id":"bb33","hostname":"twin.example","policyServerId":"root"},
                {"id":"bb44","hostname":"twin.example","policyServerId":"root"}]}
              """));

  @Test
  void areMeantByIdNameOrTheBeginningOfOne() {
    assertThat(nodes.ids(List.of("root", "web.example", "aa2", "SERVER", "root")))
        .containsExactly("root", "aa11", "aa22");
  }

  @Test
  void aWholeNameIsMeantEvenWhereItBeginsAnother() {
    assertThat(nodes.ids(List.of("Web.Example"))).containsExactly("aa11");
  }

  @Test
  void whatMayBeSeveralNamesThem() {
    assertThatThrownBy(() -> nodes.ids(List.of("web")))
        .hasMessage("'web' may be web.example (aa11), web2.example (aa22)");
    assertThatThrownBy(() -> nodes.targets(List.of("web")))
        .hasMessageEndingWith("web2.example (aa22). Nothing was triggered");
    assertThatThrownBy(() -> nodes.ids(List.of("twin.example"))).hasMessageContaining("(bb44)");
  }

  @Test
  void everyWordThatMeansNoneIsNamed() {
    assertThatThrownBy(() -> nodes.ids(List.of("x\u001b", "root", "y", "")))
        .hasMessageContaining("no node 'x?'")
        .hasMessageContaining("no node 'y'")
        .hasMessageContaining("no node ''");
  }
}
