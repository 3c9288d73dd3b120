package io.remoterun.app;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A file that is not there, or not for this user, is no defect of the program. */
final class UnusableFileAnalyzer extends AbstractFailureAnalyzer<FileSystemException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, FileSystemException cause) {
    String wrong =
        switch (cause) {
          case NoSuchFileException _ -> "is not there";
          case AccessDeniedException _ -> "may not be used by the user of this program";
          default -> "cannot be used: " + Objects.requireNonNullElse(cause.getReason(), "" + cause);
        };
    return new FailureAnalysis(
        cause.getFile() + " " + wrong + ".",
        "Put that right, or name another file. docs/configuration.md has all settings.",
        cause);
  }
}
