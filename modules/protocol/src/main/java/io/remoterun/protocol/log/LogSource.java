package io.remoterun.protocol.log;

import java.io.IOException;
import java.util.List;

/** Where a reader gets what it reads. Asked by one thread at a time; may block it. */
public interface LogSource {

  /**
   * The first events from that number on; none if there are none yet.
   *
   * @throws IOException when what was there is lost
   */
  List<Slot> from(long sequence, int most) throws IOException;

  /**
   * Whether nothing will ever be there from that number on.
   *
   * @throws IOException when what was there is lost
   */
  boolean hasEndedBefore(long sequence) throws IOException;
}
