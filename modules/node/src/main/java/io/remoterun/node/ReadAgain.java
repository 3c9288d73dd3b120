package io.remoterun.node;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.DefaultResourceLoader;

/**
 * The environment of a program as it would be if it were started now, with the same words: what
 * came with the start is taken over, the files are read.
 */
final class ReadAgain {
  private static final Set<String> CAME_WITH_THE_START =
      Set.of(
          CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME,
          "spring.application.json",
          StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
          StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
          DefaultPropertiesPropertySource.NAME);

  /** Spring Boot's name for what it has read of a file. */
  private static final Pattern FILE = Pattern.compile("Config resource 'file \\[(.*?)\\]'");

  private ReadAgain() {}

  /** Which files they are, for words. */
  static String files(ConfigurableEnvironment started) {
    return started.getPropertySources().stream()
        .map(PropertySource::getName)
        .map(FILE::matcher)
        .filter(Matcher::lookingAt)
        .map(name -> name.group(1))
        .collect(Collectors.joining(", "));
  }

  /**
   * Reads files.
   *
   * @throws RuntimeException when one of them is not there, or broken
   */
  static ConfigurableEnvironment of(ConfigurableEnvironment started) {
    StandardEnvironment fresh = new StandardEnvironment();
    MutablePropertySources sources = fresh.getPropertySources();
    sources.forEach(source -> sources.remove(source.getName()));
    for (PropertySource<?> source : started.getPropertySources()) {
      if (CAME_WITH_THE_START.contains(source.getName())) {
        sources.addLast(source);
      }
    }
    // By name, because the thread of a signal knows only the launcher of the packaged program.
    DefaultResourceLoader resources = new DefaultResourceLoader(ReadAgain.class.getClassLoader());
    ConfigDataEnvironmentPostProcessor.applyTo(fresh, resources, null, started.getActiveProfiles());
    return fresh;
  }
}
