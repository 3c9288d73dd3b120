package io.remoterun.webapp.store;

import java.nio.file.Path;

class H2RunLogTest extends JdbcRunLogContract {
  @Override
  StoreSettings settings(Path folder) {
    return StoreSettings.in(folder);
  }
}
