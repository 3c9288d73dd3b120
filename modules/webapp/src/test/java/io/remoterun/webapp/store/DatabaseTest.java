package io.remoterun.webapp.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

@Timeout(60)
class DatabaseTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;

  private HikariDataSource open() {
    return StoreDataSource.open(StoreSettings.in(folder.resolve("store")), Optional::empty);
  }

  private static void keep(JdbcClient jdbc, String word) {
    jdbc.sql("insert into word values (?)").param(word).update();
  }

  @Test
  void whatWasKeptIsThereWhenItIsOpenedAgainAndForItsOwnerOnly() throws IOException {
    try (HikariDataSource source = open();
        Database database = Database.migrated(source)) {
      database
          .run(jdbc -> jdbc.sql("create table word (it varchar(9) primary key)").update())
          .block(SOON);
      database.run(jdbc -> keep(jdbc, "a")).block(SOON);
    }
    try (HikariDataSource source = open();
        Database database = Database.migrated(source)) {
      assertThat(
              database
                  .call(jdbc -> jdbc.sql("select it from word").query(String.class).single())
                  .block(SOON))
          .isEqualTo("a");
    }
    Path store = folder.resolve("store");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store)))
        .isEqualTo("rwx------");
    try (var files = Files.list(store)) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void workThatFailsIsUndone() {
    try (HikariDataSource source = open();
        Database database = Database.migrated(source)) {
      database
          .run(jdbc -> jdbc.sql("create table word (it varchar(9) primary key)").update())
          .block(SOON);
      assertThatExceptionOfType(DuplicateKeyException.class)
          .isThrownBy(
              () ->
                  database
                      .run(
                          jdbc -> {
                            keep(jdbc, "a");
                            keep(jdbc, "a");
                          })
                      .block(SOON));
      assertThat(
              database
                  .call(jdbc -> jdbc.sql("select count(*) from word").query(Long.class).single())
                  .block(SOON))
          .isZero();
    }
  }

  @Test
  void aDatabaseThatIsGoneIsUnavailable() {
    HikariDataSource source = open();
    try (Database database = Database.migrated(source)) {
      source.close();
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(
              () ->
                  database
                      .call(jdbc -> jdbc.sql("select 1").query(Long.class).single())
                      .block(SOON))
          .withMessageContaining("webapp: the database does not answer");
    }
  }

  @Test
  void saysThatItsFolderCannotBeMade() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatExceptionOfType(NoStoreException.class)
        .isThrownBy(
            () ->
                StoreDataSource.open(StoreSettings.in(file.resolve("store")), Optional::empty)
                    .close())
        .withMessageContaining("cannot write to its folder " + file.resolve("store"))
        .satisfies(e -> assertThat(e.advice()).contains("remote-run.webapp.store.folder"));
  }

  @Test
  void saysThatPostgresDoesNotAnswer() {
    StoreSettings settings =
        new StoreSettings(
            folder,
            "jdbc:postgresql://127.0.0.1:1/remoterun",
            "anna",
            folder.resolve("password"),
            2,
            Duration.ofMillis(500),
            Duration.ofSeconds(30),
            Keeping.usual());
    assertThatExceptionOfType(NoStoreException.class)
        .isThrownBy(() -> StoreDataSource.open(settings, Optional::empty).close())
        .withMessageContaining("jdbc:postgresql://127.0.0.1:1/remoterun as anna")
        .withMessageContaining("Connection refused")
        .satisfies(e -> assertThat(e.advice()).contains("pg_hba.conf"));
  }
}
