package io.remoterun.node.agent;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** To a helper that has been started for one run. Closing it ends no agent. */
interface HelperLine extends Closeable {

  /** Opens one. */
  interface Door {
    /**
     * @throws LaunchFailure which says what to do about it
     */
    HelperLine open() throws IOException;

    /** Whether it is likely to open, without starting anything as root; if not, why. */
    Optional<String> hindrance();
  }

  DataInputStream in();

  OutputStream out();

  /** What there is to know about a helper that has ended without an answer. Blocks. */
  String lastWords();
}
