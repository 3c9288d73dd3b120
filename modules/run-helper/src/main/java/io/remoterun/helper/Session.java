package io.remoterun.helper;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes of a session: its leader, and all descendants that have not begun another one, also
 * those whose parents are gone. Of use only while the leader is not reaped, so that its id is not
 * given to others.
 */
record Session(int id) {
  private static final LibC KILL = LibC.function("kill", JAVA_INT, JAVA_INT);

  private record Member(int pid, int group, boolean isRunning) {}

  /** The group at once; those that made a group of their own, as {@code timeout} does, by name. */
  void signal(int signal) {
    send(-id, signal);
    members().stream().filter(member -> member.group != id).forEach(m -> send(m.pid, signal));
  }

  /** Whether any has not ended; those that only wait to be reaped have. */
  boolean isRunning() {
    return members().stream().anyMatch(Member::isRunning);
  }

  private static void send(int pid, int signal) {
    try {
      KILL.call(pid, signal);
    } catch (LibC.Failure e) {
      // It is gone, or it is not ours to end: then it is seen to run on.
    }
  }

  private List<Member> members() {
    List<Member> members = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        addTo(members, process);
      }
      return members;
    } catch (IOException e) {
      throw new IllegalStateException("cannot see the processes in /proc", e);
    }
  }

  /** {@code PID (NAME) STATE PARENT GROUP SESSION ...}; the name may be anything. */
  private void addTo(List<Member> members, Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"), ISO_8859_1);
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
      if (Integer.parseInt(words[3]) == id) {
        int pid = Integer.parseInt(process.getFileName().toString());
        boolean isRunning = !words[0].equals("Z") && !words[0].equals("X");
        members.add(new Member(pid, Integer.parseInt(words[2]), isRunning));
      }
    } catch (IOException e) {
      // It has ended since it was listed.
    }
  }
}
