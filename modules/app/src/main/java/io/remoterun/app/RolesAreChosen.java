package io.remoterun.app;

import java.util.Arrays;
import java.util.List;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Refuses to start a program that would do nothing, or something else than what was meant. */
@Configuration(proxyBeanMethods = false)
class RolesAreChosen implements InitializingBean {

  private final List<String> profiles;

  RolesAreChosen(Environment environment) {
    this.profiles = Arrays.asList(environment.getActiveProfiles());
  }

  @Override
  public void afterPropertiesSet() {
    if (profiles.stream().noneMatch(CommandLine.ROLES::contains)) {
      throw new NoRoleException(profiles);
    }
  }
}
