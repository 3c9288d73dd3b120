package io.remoterun.webapp.store;

import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the webapp keeps, on the data source that its own configuration makes. */
@Configuration(proxyBeanMethods = false)
public class StoreConfiguration {

  @Bean
  Database database(DataSource source) {
    return Database.migrated(source);
  }
}
