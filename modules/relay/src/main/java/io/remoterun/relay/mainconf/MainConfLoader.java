package io.remoterun.relay.mainconf;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;

/**
 * Lets {@code main.conf} be given where {@code relay.yml} would be: Spring Boot asks this for every
 * configuration file whose name ends in {@code .conf}. Named in {@code META-INF/spring.factories}.
 *
 * <p>As with all such files, what the command line or the environment says counts more, and of
 * several files the last one.
 */
public final class MainConfLoader implements PropertySourceLoader {

  @Override
  public String[] getFileExtensions() {
    return new String[] {"conf"};
  }

  /**
   * @throws BrokenMainConfException when it cannot be used
   */
  @Override
  public List<PropertySource<?>> load(String name, Resource file) throws IOException {
    Map<String, Object> settings = MainConf.parse(file.getContentAsByteArray(), nameOf(file));
    return List.of(new OriginTrackedMapPropertySource(name, settings, true));
  }

  private static String nameOf(Resource file) throws IOException {
    return file.isFile() ? file.getFile().getPath() : file.getDescription();
  }
}
