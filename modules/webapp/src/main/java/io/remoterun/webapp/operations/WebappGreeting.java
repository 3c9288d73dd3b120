package io.remoterun.webapp.operations;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/**
 * What the webapp says when it has started: where it is, how to get in, and where nodes come from.
 *
 * @param token the file with the system token
 * @param nodes the node list, which may come later
 * @param relay the root relay
 */
public record WebappGreeting(Path token, Path nodes, URI relay)
    implements ApplicationListener<WebServerInitializedEvent> {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  @Override
  public void onApplicationEvent(WebServerInitializedEvent event) {
    log.info(
        "listens on port {}; the system token is in {}; agents are triggered through {}",
        event.getWebServer().getPort(),
        token,
        relay);
    if (Files.notExists(nodes)) {
      log.warn(
          "there is no {}, the list of all nodes: none can be triggered"
              + " (remote-run.webapp.nodes-list-file)",
          nodes);
    }
  }
}
