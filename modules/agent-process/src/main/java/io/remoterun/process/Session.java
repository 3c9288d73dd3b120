package io.remoterun.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The processes of a session: its leader, and all descendants that have not begun another one, also
 * those whose parents are gone. Of use only while the leader is not reaped, so that its id is not
 * given to others.
 */
record Session(int id) {
  private static final LibC KILL = LibC.function("kill", JAVA_INT, JAVA_INT);

  /**
   * Each group at once, so that nobody in it escapes by a fork. Some processes make a group of
   * their own, as {@code timeout} does; one that does so at this moment may be missed.
   *
   * @param signal or 0, which only looks
   * @return whether any had not ended before, as far as that can be seen; those that only wait to
   *     be reaped have
   */
  boolean signal(int signal) {
    send(id, signal);
    Set<Integer> groups = running();
    groups.stream().filter(group -> group != id).forEach(group -> send(group, signal));
    return !groups.isEmpty();
  }

  private static void send(int group, int signal) {
    try {
      KILL.call(-group, signal);
    } catch (LibC.Failure e) {
      // It is gone, or it is not ours to end: then it is seen to run on.
    }
  }

  /** The groups of those that have not ended, and the leader's where one cannot be seen. */
  private Set<Integer> running() {
    Set<Integer> groups = new HashSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        addTo(groups, process);
      }
    } catch (IOException e) {
      groups.add(id);
    }
    return groups;
  }

  /** {@code PID (NAME) STATE PARENT GROUP SESSION ...}; the name may be anything. */
  private void addTo(Set<Integer> groups, Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"), ISO_8859_1);
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
      if (Integer.parseInt(words[3]) == id && !words[0].matches("[ZX]")) {
        groups.add(Integer.parseInt(words[2]));
      }
    } catch (NoSuchFileException | AccessDeniedException e) {
      // It has ended since it was listed, or is not ours.
    } catch (FileSystemException e) {
      // No descriptor is left to look at it with.
      groups.add(id);
    } catch (IOException e) {
      // It has ended while it was read.
    }
  }
}
