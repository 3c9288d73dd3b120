package io.remoterun.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts a program as the leader of a session and a process group of its own: in the folder {@code
 * /} (before glibc 2.29: in that of this process, which systemd makes the same), with no signal
 * blocked or ignored, {@code /dev/null} as its input, and no descriptor but its input, output and
 * error.
 */
final class Spawn {
  private static final int O_RDONLY = 0;
  private static final short SETSIGDEF = 0x04;
  private static final short SETSIGMASK = 0x08;
  private static final short SETSID = 0x80;

  private static final LibC SPAWN =
      LibC.function("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final LibC ATTRIBUTES = LibC.function("posix_spawnattr_init", ADDRESS);
  private static final LibC FREE_ATTRIBUTES = LibC.function("posix_spawnattr_destroy", ADDRESS);
  private static final LibC FLAGS = LibC.function("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
  private static final LibC DEFAULTS =
      LibC.function("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS);
  private static final LibC MASK = LibC.function("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
  private static final LibC ACTIONS = LibC.function("posix_spawn_file_actions_init", ADDRESS);
  private static final LibC FREE_ACTIONS =
      LibC.function("posix_spawn_file_actions_destroy", ADDRESS);
  private static final LibC OPEN =
      LibC.function(
          "posix_spawn_file_actions_addopen", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final LibC DUPLICATE =
      LibC.function("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
  private static final LibC CLOSE =
      LibC.function("posix_spawn_file_actions_addclose", ADDRESS, JAVA_INT);
  private static final Optional<LibC> FOLDER =
      LibC.optional("posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);

  /** Not in musl. */
  static final Optional<LibC> CLOSE_FROM =
      LibC.optional("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);

  private Spawn() {}

  /**
   * @param output the descriptor that becomes the program's output and error
   * @param closeFrom closes descriptors, if the C library has such a thing
   * @return its process id
   */
  static int start(
      List<String> command, Map<String, String> environment, int output, Optional<LibC> closeFrom)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pid = arena.allocate(JAVA_INT);
      MemorySegment program = arena.allocateFrom(command.getFirst());
      MemorySegment arguments = strings(arena, command);
      MemorySegment variables =
          strings(
              arena,
              environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
      MemorySegment attributes = arena.allocate(LibC.STRUCT);
      MemorySegment actions = arena.allocate(LibC.STRUCT);
      ATTRIBUTES.check(attributes);
      ACTIONS.check(actions);
      try {
        attributes(arena, attributes);
        actions(arena, actions, output, closeFrom);
        SPAWN.check(pid, program, actions, attributes, arguments, variables);
      } finally {
        FREE_ACTIONS.check(actions);
        FREE_ATTRIBUTES.check(attributes);
      }
      return pid.get(JAVA_INT, 0);
    }
  }

  private static void attributes(Arena arena, MemorySegment attributes) throws IOException {
    FLAGS.check(attributes, (short) (SETSID | SETSIGDEF | SETSIGMASK));
    MASK.check(attributes, arena.allocate(LibC.STRUCT));
    DEFAULTS.check(attributes, arena.allocate(LibC.STRUCT).fill((byte) 0xff));
  }

  private static void actions(
      Arena arena, MemorySegment actions, int output, Optional<LibC> closeFrom) throws IOException {
    DUPLICATE.check(actions, output, 1);
    DUPLICATE.check(actions, output, 2);
    OPEN.check(actions, 0, arena.allocateFrom("/dev/null"), O_RDONLY, 0);
    if (FOLDER.isPresent()) {
      FOLDER.get().check(actions, arena.allocateFrom("/"));
    }
    if (closeFrom.isPresent()) {
      closeFrom.get().check(actions, 3);
    } else {
      closeEach(actions);
    }
  }

  /** Also some that are not open now, but may be in a moment. */
  private static void closeEach(MemorySegment actions) throws IOException {
    int highest = 2;
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : open) {
        highest = Math.max(highest, Integer.parseInt(descriptor.getFileName().toString()));
      }
    }
    for (int descriptor = 3; descriptor < highest + 64; descriptor++) {
      CLOSE.check(actions, descriptor);
    }
  }

  private static MemorySegment strings(Arena arena, List<String> strings) throws IOException {
    if (strings.toString().indexOf('\0') >= 0) {
      throw new IOException("an argument or variable contains a NUL");
    }
    MemorySegment pointers = arena.allocate(ADDRESS, strings.size() + 1L);
    for (int index = 0; index < strings.size(); index++) {
      pointers.setAtIndex(ADDRESS, index, arena.allocateFrom(strings.get(index)));
    }
    return pointers;
  }
}
