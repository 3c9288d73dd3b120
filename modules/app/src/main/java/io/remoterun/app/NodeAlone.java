package io.remoterun.app;

import io.remoterun.node.NodeConfiguration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The program as a node and nothing else, as it runs on most machines: without the classes of the
 * other roles, and without what Spring Boot prepares for auto-configuration and the web.
 */
@Configuration(proxyBeanMethods = false)
@Import({RolesAreChosen.class, NodeConfiguration.class})
class NodeAlone {
  private static final Logger LOGGER = LoggerFactory.getLogger(NodeAlone.class);
  private static final String AUTO_CONFIGURATION = "org.springframework.boot.autoconfigure.";

  static void run(String... arguments) {
    SpringApplication application = application();
    // Logging is set up by then, and what is printed last still says that the node listens.
    application.addInitializers(
        context -> warnWithoutCache(System.getProperty("java.vm.info", "")));
    application.run(arguments);
  }

  static SpringApplication application() {
    SpringApplication application = new SpringApplication(NodeAlone.class);
    application.setInitializers(List.of());
    application.setListeners(
        application.getListeners().stream().filter(NodeAlone::isNeeded).toList());
    return application;
  }

  /** One of them loads Jackson and more in a thread of its own, for whoever needs it later. */
  private static boolean isNeeded(ApplicationListener<?> listener) {
    return !listener.getClass().getName().startsWith(AUTO_CONFIGURATION);
  }

  /**
   * Java goes on without a cache (-XX:AOTCache) that is not there, or not for these jars, this JDK
   * or these flags, and then without its own as well. It says so in several lines, which node.jvm
   * turns off.
   *
   * @param words such as {@code mixed mode, sharing}
   */
  private static void warnWithoutCache(String words) {
    if (!words.contains("sharing")) {
      LOGGER.warn(
          "the cache of what a node loads is missing or not for these files, so it starts slower:"
              + " call prepare-node again");
    }
  }
}
