package io.remoterun.cli.console;

import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file cannot be read or written; Java's message for it is the file's name alone. */
public final class FileProblem {
  private FileProblem() {}

  /** Without its name. */
  public static String words(IOException error) {
    return switch (error) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case NotDirectoryException _ -> "is no folder";
      case FileSystemException other when other.getReason() != null ->
          Printable.of(other.getReason());
      case FileSystemException other -> other.getClass().getSimpleName();
      default -> error.getMessage() == null ? error.toString() : Printable.of(error.getMessage());
    };
  }

  /** With it, where it is known. */
  public static String named(IOException error) {
    return error instanceof FileSystemException file && file.getFile() != null
        ? Printable.of(file.getFile()) + ": " + words(error)
        : words(error);
  }
}
