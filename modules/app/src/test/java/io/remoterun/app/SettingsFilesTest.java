package io.remoterun.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsFilesTest {
  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      textBlock =
          """
          'foo: ['             > ' is no YAML: line 1, column 7: expected the node content'
          'a: 1\n\tb: 2'       > ' is no YAML: line 2, column 1: found character'
          'a: 1\na: 2'         > ' is no YAML: line 2, column 1: found duplicate key a'
          'garbage'            > ' has no settings: it should have lines'
          """)
  void aBrokenOneIsNamedWithTheLine(String text, String words) throws IOException {
    Path file = Files.writeString(folder.resolve("node.yml"), text.translateEscapes());

    assertThatThrownBy(() -> SettingsFiles.check("node", "--a.b=c", file.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file + words);
  }

  @Test
  void anEmptyOneAndOtherFilesPass() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.yml"), "# nothing\n");
    Path conf = Files.writeString(folder.resolve("main.conf"), "[general]\n");

    assertThatCode(() -> SettingsFiles.check("relay", empty.toString(), conf.toString()))
        .doesNotThrowAnyException();
  }
}
