package io.remoterun.webapp.store;

import io.remoterun.testkit.LeakCheck;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class H2RunLogTest extends JdbcRunLogContract {
  @Override
  StoreSettings settings(Path folder) {
    return StoreSettings.in(folder);
  }
}
