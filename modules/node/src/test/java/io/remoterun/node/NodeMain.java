package io.remoterun.node;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** The node's role as a program, for tests that look at its process. */
final class NodeMain {
  private NodeMain() {}

  public static void main(String[] arguments) {
    new SpringApplicationBuilder(NodeConfiguration.class)
        .profiles("node")
        .web(WebApplicationType.NONE)
        .bannerMode(Banner.Mode.OFF)
        .properties("spring.main.keep-alive=true")
        .run(arguments);
  }
}
