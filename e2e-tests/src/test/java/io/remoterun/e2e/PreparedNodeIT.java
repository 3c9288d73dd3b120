package io.remoterun.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The node as the build lays it out with prepare-node: what it loads, how much memory it takes, and
 * that a bad cache keeps it from nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PreparedNodeIT {
  private static final Path PROJECT = Path.of(System.getProperty("project.folder"));
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final String NO_CACHE = "the cache of what a node loads is missing";

  /** What a class name in the log of the JVM may not begin with. */
  private static final Pattern UNUSED =
      Pattern.compile(
          "io\\.remoterun\\.(?:webapp|relay)\\.[\\w.$]+"
              + "|org\\.springframework\\.(?:web|http|security|boot\\.autoconfigure)\\.[\\w.$]+"
              + "|(?:tools|com\\.fasterxml)\\.jackson\\.[\\w.$]+"
              + "|(?:org\\.h2|com\\.zaxxer|org\\.flywaydb|org\\.apache\\.logging)\\.[\\w.$]+"
              + "|(?:io\\.opentelemetry|io\\.prometheus|io\\.remoterun\\.operations)\\.[\\w.$]+"
              + "|io\\.netty\\.handler\\.codec\\.http\\w*\\.[\\w.$]+");

  /** Spring Boot has these loaded to see what it could do. */
  private static final Set<String> LOOKED_FOR =
      Set.of(
          "org.springframework.web.reactive.DispatcherHandler",
          "org.springframework.web.server.WebHandler",
          "org.springframework.web.cors.reactive.PreFlightRequestHandler",
          "org.springframework.web.context.ConfigurableWebEnvironment",
          // Its application makes these before it can be told to do without.
          "org.springframework.boot.autoconfigure.logging.ConditionEvaluationReportLoggingListener",
          "org.springframework.boot.autoconfigure.SharedMetadataReaderFactoryContextInitializer",
          "org.springframework.boot.autoconfigure.preinitialize"
              + ".BackgroundPreinitializingApplicationListener",
          // Each role may bring a format of configuration files; this is the relay's.
          "io.remoterun.relay.mainconf.MainConfLoader");

  private static final List<String> SCHEDULE =
      List.of(
          "--remote-run.node.schedule.enabled=true",
          "--remote-run.node.schedule.file=" + PROJECT.resolve("config/agentd.conf"));

  /** The build makes it (modules/app). */
  private final Path prepared = PROJECT.resolve("target/node");

  private Path temporary = Path.of("");
  private long started;

  @BeforeAll
  void isPreparedByTheBuild(@TempDir Path folder) {
    temporary = folder;
    assertThat(prepared.resolve("node.aot")).as("made by: mvn package").isNotEmptyFile();
  }

  @Test
  void loadsNothingOfTheOtherRolesAndOfWhatTheyNeed() throws IOException {
    Path classes = temporary.resolve("classes.log");
    start("-Xshare:auto", "-Xlog:class+load=info:file=" + classes + "::filecount=0");

    assertThat(
            UNUSED
                .matcher(Files.readString(classes))
                .results()
                .map(MatchResult::group)
                .filter(name -> !LOOKED_FOR.contains(name))
                .collect(Collectors.toSet()))
        .isEmpty();
    assertThat(classes).content().contains("io.remoterun.node.listener.NodeListener ");
  }

  @Test
  void findsItsCacheUsable() throws IOException {
    assertThat(start("-XX:AOTCache=" + prepared.resolve("node.aot"))).doesNotContain(NO_CACHE);
  }

  /** Of what docs/figures.md tells, and a tenth more: a new dependency of the node's shows here. */
  @Test
  void takesLittleMemory() throws IOException {
    assertThat(mebibytesResident(List.of(), home -> {})).isBetween(20L, 115L);
  }

  @Test
  void takesLittleMemoryWithAScheduleAndAskedForItsStatus() throws IOException {
    assertThat(mebibytesResident(SCHEDULE, PreparedNodeIT::awaitSchedule)).isBetween(20L, 115L);
  }

  private long mebibytesResident(List<String> settings, Consumer<Path> first) throws IOException {
    AtomicLong kibibytes = new AtomicLong();
    start(
        prepared.resolve("remote-run.jar"),
        (process, home) -> {
          long took = System.nanoTime() - started;
          first.accept(home);
          kibibytes.set(resident(process));
          // To reach are 1,600 ms; ./remote-run benchmark node measures it, beside cf-serverd.
          System.out.printf(
              "A node listens after %d ms, and has %d MiB resident.%n",
              took / 1_000_000, kibibytes.get() / 1024);
        },
        settings,
        "-XX:AOTCache=" + prepared.resolve("node.aot"));
    return kibibytes.get() / 1024;
  }

  /** It would stay in memory: some 470 classes. */
  @Test
  void readsItsScheduleAndTellsItsStatusWithoutJacksonsMapper() throws IOException {
    Path classes = temporary.resolve("classes-of-schedule.log");
    start(
        prepared.resolve("remote-run.jar"),
        (process, home) -> awaitSchedule(home),
        SCHEDULE,
        "-Xshare:auto",
        "-Xlog:class+load=info:file=" + classes + "::filecount=0");

    assertThat(classes)
        .content()
        .contains("tools.jackson.dataformat.toml.TomlFactory ", "tools.jackson.core.json.")
        .doesNotContain("tools.jackson.databind.ObjectMapper ", "tools.jackson.databind.deser.");
  }

  /** Asks with curl until the schedule is read. */
  private static void awaitSchedule(Path home) {
    Eventually.await(
        "the status has the sample's schedule",
        () -> status(home).contains("inventory"),
        () -> status(home));
  }

  private static String status(Path home) {
    Path socket = home.resolve("ppkeys/status.sock");
    try {
      Process curl =
          new ProcessBuilder("curl", "-sS", "--unix-socket", socket.toString(), "http://node/")
              .redirectErrorStream(true)
              .start();
      return new String(curl.getInputStream().readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long resident(Process process) {
    try (Stream<String> status = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      String line = status.filter(it -> it.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void startsWithoutTheCacheAndSaysSoInOneLine() throws IOException {
    assertThat(start("-XX:AOTCache=" + temporary.resolve("none")).lines())
        .filteredOn(line -> line.contains(NO_CACHE) || line.contains("aot") || line.contains("cds"))
        .singleElement()
        .asString()
        .contains("WARN", "prepare-node");
  }

  @Test
  void startsWhenItsFilesAreOtherThanTheCachesAndSaysSo() throws IOException {
    Path copy = Files.createDirectory(temporary.resolve("newer"));
    Path jar = Files.copy(prepared.resolve("remote-run.jar"), copy.resolve("remote-run.jar"));
    Files.createSymbolicLink(copy.resolve("lib"), prepared.resolve("lib"));
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));

    assertThat(start(jar, "-XX:AOTCache=" + prepared.resolve("node.aot")).lines())
        .filteredOn(line -> line.contains(NO_CACHE))
        .hasSize(1);
  }

  private String start(String... flags) throws IOException {
    return start(prepared.resolve("remote-run.jar"), flags);
  }

  private String start(Path jar, String... flags) throws IOException {
    return start(jar, (process, home) -> {}, List.of(), flags);
  }

  /** Starts it, ends it when it listens and was looked at, and tells what it printed. */
  private String start(
      Path jar, BiConsumer<Process, Path> look, List<String> settings, String... flags)
      throws IOException {
    Path log = Files.createTempFile(temporary, "node", ".log");
    Path home = TestHost.make(Files.createTempDirectory(temporary, "home"), "node").folder();
    started = System.nanoTime();
    Process process =
        new ProcessBuilder(
                Stream.of(
                        Stream.of(JAVA),
                        Stream.of(flags),
                        Stream.of("@" + prepared.resolve("node.jvm"), "-jar", jar.toString()),
                        settings(home).stream(),
                        settings.stream())
                    .flatMap(words -> words)
                    .toList())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      Eventually.await(
          "the node listens",
          () -> read(log).contains("listens on") || !process.isAlive(),
          () -> read(log));
      assertThat(process.isAlive()).as(read(log)).isTrue();
      look.accept(process, home);
    } finally {
      process.destroy();
      process.onExit().join();
    }
    return read(log);
  }

  private static List<String> settings(Path home) {
    return List.of(
        "node",
        PROJECT.resolve("config/node.yml").toString(),
        "--remote-run.node.listen=127.0.0.1:0",
        "--remote-run.node.keys=" + home.resolve("ppkeys"),
        "--remote-run.node.agent.start=helper");
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
