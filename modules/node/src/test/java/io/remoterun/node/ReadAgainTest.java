package io.remoterun.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

class ReadAgainTest {

  @Test
  void aThreadThatKnowsNoneOfTheProgramsClassesCanReadTheFilesToo(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("node.yml"), "remote-run.node.id: n1\n");
    StandardEnvironment started = new StandardEnvironment();
    started
        .getPropertySources()
        .addFirst(
            new SimpleCommandLinePropertySource(
                "--spring.config.additional-location=file:" + file));
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      ConfigurableEnvironment again = ReadAgain.of(started);
      assertThat(again.getProperty("remote-run.node.id")).isEqualTo("n1");
    } finally {
      thread.setContextClassLoader(own);
    }
  }
}
