package io.remoterun.webapp.store;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class H2ArchiveTest extends JdbcArchiveContract {
  @Override
  StoreSettings settings(Path folder) {
    return StoreSettings.in(folder);
  }

  @Test
  void aFolderIsOfOneWebapp() {
    assertThatExceptionOfType(NoStoreException.class)
        .isThrownBy(() -> Instance.in(folder.resolve("webapp")).close())
        .withMessageContaining("Another webapp runs with the folder");
  }
}
