package io.remoterun.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import org.bouncycastle.asn1.ASN1Primitive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnsignedJarsTest {
  private static final String CLASS = ASN1Primitive.class.getName().replace('.', '/') + ".class";

  @Test
  void keepsAllButTheSignature(@TempDir Path folder) throws Exception {
    Path signed =
        Path.of(ASN1Primitive.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = Files.copy(signed, folder.resolve("jar"));

    UnsignedJars.main(new String[] {jar.toString()});

    try (JarFile before = new JarFile(signed.toFile());
        JarFile after = new JarFile(jar.toFile())) {
      assertThat(before.getManifest().getEntries()).containsKey(CLASS);
      assertThat(after.getManifest().getEntries()).isEmpty();
      assertThat(after.getManifest().getMainAttributes())
          .isEqualTo(before.getManifest().getMainAttributes());
      assertThat(content(after)).isEqualTo(content(before));
      assertThat(after.stream().map(Object::toString)).noneMatch(name -> name.endsWith(".SF"));
      assertThat(before.size() - after.size()).isEqualTo(2);
    }
  }

  @Test
  void leavesOtherJarsAlone(@TempDir Path folder) throws Exception {
    Path other = Path.of(Test.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = Files.copy(other, folder.resolve("jar"));

    UnsignedJars.main(new String[] {jar.toString()});

    assertThat(jar).hasSameBinaryContentAs(other);
  }

  private static byte[] content(JarFile jar) throws IOException {
    return jar.getInputStream(jar.getJarEntry(CLASS)).readAllBytes();
  }
}
