package io.remoterun.node;

import io.remoterun.node.access.AccessPolicy;
import io.remoterun.node.agent.AgentCommand;
import io.remoterun.node.agent.AgentLauncher;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.AgentStart;
import io.remoterun.node.agent.JobCommands;
import io.remoterun.node.agent.JobRuns;
import io.remoterun.node.agent.RunBook;
import io.remoterun.node.listener.NodeListener;
import io.remoterun.node.listener.NodeService;
import io.remoterun.node.schedule.Schedule;
import io.remoterun.node.status.StatusSocket;
import io.remoterun.process.AgentChild;
import io.remoterun.protocol.Hangup;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.ConfigurableEnvironment;

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
  JobCommands nodeCommands(NodeProperties properties) {
    NodeProperties.Agent agent = properties.agent();
    return new JobCommands(new AgentCommand(agent.command(), agent.environment()));
  }

  @Bean
  RunBook nodeRunBook() {
    return new RunBook();
  }

  @Bean
  AgentLauncher nodeLauncher(NodeProperties properties, JobCommands commands) throws IOException {
    NodeProperties.Agent agent = properties.agent();
    AgentLauncher launcher = properties.launcher(commands);
    launcher.hindrance().ifPresent(logger(properties)::warn);
    RootWarning.of(properties.address(), agent.start()).ifPresent(logger(properties)::warn);
    RootWarning.ofAgent(properties.address(), agent.start(), commands.agent())
        .ifPresent(logger(properties)::warn);
    if (agent.start() == AgentStart.DIRECT) {
      AgentChild.keepFilesPrivate();
    }
    return launcher;
  }

  @Bean
  AgentRuns agentRuns(NodeProperties properties, AgentLauncher launcher, RunBook book)
      throws IOException {
    return new AgentRuns(
        properties.nodeId(),
        launcher,
        properties.agent().limits(),
        properties.agent().disableFile(),
        properties.seenRuns(),
        book,
        logger(properties));
  }

  @Bean
  JobRuns nodeJobs(NodeProperties properties, AgentLauncher launcher, RunBook book) {
    return new JobRuns(
        properties.nodeId(), launcher, properties.agent().limits(), book, logger(properties));
  }

  @Bean
  Schedule nodeSchedule(
      NodeProperties properties, AgentRuns runs, JobRuns jobs, RunBook book, JobCommands commands) {
    Logger logger = logger(properties);
    if (!properties.schedule().enabled()) {
      logger.info(
          "runs nothing by itself (remote-run.node.schedule.enabled): cf-execd, or another, has"
              + " to");
    }
    return Schedule.of(
        properties.scheduleSettings(),
        runs,
        jobs,
        book,
        commands,
        properties.agent().disableFile(),
        logger);
  }

  @Bean
  StatusSocket nodeStatus(
      NodeProperties properties, RunBook book, NodeListener listener, Schedule schedule) {
    Instant since = InstantSource.system().instant();
    return new StatusSocket(
        properties.statusSocketOrDefault(),
        new HowTheNodeIs(properties, since, book, listener, schedule),
        logger(properties));
  }

  @Bean
  AtomicReference<AccessPolicy> nodeAccess(NodeProperties properties) {
    AccessPolicy policy = properties.accessPolicy();
    PolicyWarnings.tell(policy, logger(properties));
    return new AtomicReference<>(policy);
  }

  @Bean
  NodeListener nodeListener(
      NodeProperties properties, AtomicReference<AccessPolicy> nodeAccess, AgentRuns runs)
      throws IOException {
    NodeProperties.Deadlines deadlines = properties.deadlines();
    NodeService service =
        new NodeService(
            nodeAccess::get,
            runs,
            new NodeService.Deadlines(
                deadlines.hello(),
                deadlines.handshake(),
                deadlines.identification(),
                deadlines.idle(),
                deadlines.send()),
            logger(properties));
    return new NodeListener(
        new NodeListener.Settings(
            properties.address(),
            properties.connections(),
            properties.connectionsPerAddress(),
            deadlines.revocation()),
        properties.keyDirectory().hostKeyMadeIfMissing(),
        service);
  }

  @Bean
  Hangup nodeHangup(
      NodeProperties properties,
      AtomicReference<AccessPolicy> nodeAccess,
      NodeListener listener,
      Schedule schedule,
      ConfigurableEnvironment environment) {
    Logger logger = logger(properties);
    PolicyReload reload = new PolicyReload(environment, properties, nodeAccess, logger);
    return properties.reloadOnHangup()
        ? Hangup.calling(
            () -> Thread.ofVirtual().start(() -> reload(reload, listener, schedule, logger)))
        : Hangup.notHeard();
  }

  private static void reload(
      PolicyReload reload, NodeListener listener, Schedule schedule, Logger logger) {
    logger.info("SIGHUP asks for a reload");
    schedule.reload();
    if (reload.reload()) {
      listener.checkSessions();
    }
  }
}
