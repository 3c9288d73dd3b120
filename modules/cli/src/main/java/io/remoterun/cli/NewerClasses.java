package io.remoterun.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes classes of Java 5 in a jar ones of Java 8, for prepare-cli. Java verifies the old ones in
 * an old way, and so leaves them out of its cache: all of picocli, which is half of the start.
 */
final class NewerClasses {
  private NewerClasses() {}

  public static void main(String[] jars) throws IOException {
    for (String jar : jars) {
      try (FileSystem zip = FileSystems.newFileSystem(Path.of(jar))) {
        renew(zip);
      }
    }
  }

  private static void renew(FileSystem zip) throws IOException {
    ClassHierarchyResolver inJar = ClassHierarchyResolver.ofResourceParsing(it -> open(zip, it));
    // A pool of its own makes it write all code anew, with the frames that old classes do not have.
    ClassFile format =
        ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ConstantPoolSharingOption.NEW_POOL,
            ClassFile.ClassHierarchyResolverOption.of(
                inJar.orElse(ClassHierarchyResolver.defaultResolver())));
    for (Path file : classes(zip)) {
      ClassModel old = format.parse(Files.readAllBytes(file));
      if (old.majorVersion() < ClassFile.JAVA_6_VERSION) {
        Files.write(
            file,
            format.transformClass(
                old,
                ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
                    .andThen(
                        ClassTransform.endHandler(
                            made -> made.withVersion(ClassFile.JAVA_8_VERSION, 0)))));
      }
    }
  }

  private static List<Path> classes(FileSystem zip) throws IOException {
    try (Stream<Path> files = Files.walk(zip.getPath("/"))) {
      return files.filter(file -> file.toString().endsWith(".class")).toList();
    }
  }

  private static @Nullable InputStream open(FileSystem zip, ClassDesc type) {
    String name = type.descriptorString();
    Path file = zip.getPath("/" + name.substring(1, name.length() - 1) + ".class");
    try {
      return Files.exists(file) ? new ByteArrayInputStream(Files.readAllBytes(file)) : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
