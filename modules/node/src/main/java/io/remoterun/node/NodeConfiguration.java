package io.remoterun.node;

import io.remoterun.node.agent.AgentCommand;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.listener.NodeListener;
import io.remoterun.node.listener.NodeService;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** The node's role: all its parts. Needs no auto-configuration. */
@Configuration(proxyBeanMethods = false)
@Profile("node")
@EnableConfigurationProperties(NodeProperties.class)
public class NodeConfiguration {

  /** Several nodes may be in one process: each has a logger by its own name. */
  private static Logger logger(NodeProperties properties) {
    return LoggerFactory.getLogger("remote-run.node." + properties.nodeId());
  }

  @Bean
  AgentRuns agentRuns(NodeProperties properties) throws IOException {
    NodeProperties.Agent agent = properties.agent();
    return new AgentRuns(
        properties.nodeId(),
        new AgentCommand(agent.command(), agent.environment()),
        new AgentRuns.Limits(
            agent.output().toBytes(),
            agent.keep(),
            agent.maxDuration(),
            agent.drain(),
            agent.stop()),
        agent.disableFile(),
        properties.seenRuns(),
        logger(properties));
  }

  @Bean
  NodeListener nodeListener(NodeProperties properties, AgentRuns runs) throws IOException {
    NodeProperties.Deadlines deadlines = properties.deadlines();
    Logger logger = logger(properties);
    if (properties.admitKeys().isEmpty()) {
      logger.warn("remote-run.node.admit-keys is empty: nobody can have the agent run");
    }
    NodeService service =
        new NodeService(
            properties.admittedKeys(),
            properties.accessPolicy(),
            runs,
            deadlines.identification(),
            deadlines.idle(),
            logger);
    return new NodeListener(
        new NodeListener.Settings(
            properties.address(), properties.connections(), deadlines.handshake()),
        properties.keyDirectory().hostKeyMadeIfMissing(),
        service);
  }
}
