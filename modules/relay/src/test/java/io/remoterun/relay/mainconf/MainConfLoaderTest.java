package io.remoterun.relay.mainconf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.relay.HostAndPort;
import io.remoterun.relay.RelayProperties;
import io.remoterun.relay.RelayProperties.Authentication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/** As Spring Boot finds and reads it when the program starts. */
class MainConfLoaderTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void itIsReadLikeAnyOtherConfiguration() throws IOException {
    write("[general]\nlisten = \"127.0.0.1:3031\"\n");

    RelayProperties settings = start();
    assertThat(settings.http().listen()).isEqualTo(new HostAndPort("127.0.0.1", 3031));
    assertThat(settings.http().authentication()).isEqualTo(Authentication.NONE);
    assertThat(settings.httpsPort()).isEqualTo(443);
  }

  @Test
  void theCommandLineCountsMore() throws IOException {
    write("[general]\nhttps_port = 4443\n");

    RelayProperties settings =
        start("--remote-run.relay.http.authentication=token", "--remote-run.relay.https-port=1");
    assertThat(settings.http().authentication()).isEqualTo(Authentication.TOKEN);
    assertThat(settings.httpsPort()).isEqualTo(1);
  }

  @Test
  void withoutATokenItListensForThisMachineOnly() throws IOException {
    write("[general]\nlisten = \"0.0.0.0:3030\"\n");

    assertThatThrownBy(this::start)
        .rootCause()
        .hasMessageContaining("http.authentication can be none only where http.listen is");
    assertThat(start("--remote-run.relay.http.authentication=token").http().listen().host())
        .isEqualTo("0.0.0.0");
  }

  @Test
  void aValueThatMakesNoSenseIsSaidWithItsPlace() throws IOException {
    write("[general]\npeer_authentication = \"none\"\n");

    assertThatExceptionOfType(BindException.class)
        .isThrownBy(this::start)
        .extracting(error -> String.valueOf(Origin.from(error.getProperty())))
        .isEqualTo(file() + ": [general] peer_authentication");
  }

  @Test
  void aBrokenOneEndsTheStart() throws IOException {
    write("[general\n");

    assertThatThrownBy(this::start)
        .isInstanceOf(BrokenMainConfException.class)
        .hasMessage(file() + ": near line 1: Newline not permitted here");
  }

  private RelayProperties start(String... arguments) {
    StandardEnvironment environment = new StandardEnvironment();
    String[] all =
        Stream.concat(
                Stream.of("--spring.config.additional-location=file:" + file()),
                Stream.of(arguments))
            .toArray(String[]::new);
    environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(all));
    ConfigDataEnvironmentPostProcessor.applyTo(environment);
    return Binder.get(environment).bindOrCreate("remote-run.relay", RelayProperties.class);
  }

  private void write(String toml) throws IOException {
    Files.writeString(file(), toml);
  }

  private Path file() {
    return folder.resolve("main.conf");
  }
}
