package io.remoterun.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Manifest;

/**
 * Takes the signatures off the jars that are named, for prepare-node. Java would compare each class
 * with a digest in the same jar, which proves nothing as nobody looks who signed it; but it keeps
 * the digests of all classes of Bouncy Castle, some 8 MiB, and leaves signed classes out of its
 * cache.
 */
final class UnsignedJars {
  private UnsignedJars() {}

  public static void main(String[] jars) throws IOException {
    for (String jar : jars) {
      unsign(Path.of(jar));
    }
  }

  private static void unsign(Path jar) throws IOException {
    try (FileSystem zip = FileSystems.newFileSystem(jar);
        DirectoryStream<Path> signatures =
            Files.newDirectoryStream(zip.getPath("META-INF"), "*.{SF,RSA,DSA,EC}")) {
      boolean isSigned = false;
      for (Path signature : signatures) {
        Files.delete(signature);
        isSigned = true;
      }
      if (isSigned) {
        removeDigests(zip.getPath("META-INF", "MANIFEST.MF"));
      }
    }
  }

  /** Keeps what the manifest says of the jar as a whole. */
  private static void removeDigests(Path file) throws IOException {
    Manifest manifest = new Manifest();
    try (InputStream in = Files.newInputStream(file)) {
      manifest.getMainAttributes().putAll(new Manifest(in).getMainAttributes());
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      manifest.write(out);
    }
  }
}
