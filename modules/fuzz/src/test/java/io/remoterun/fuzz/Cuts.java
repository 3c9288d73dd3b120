package io.remoterun.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Ways to cut the same bytes, as a network may. The same bytes are always cut in the same ways. */
public final class Cuts {
  private static final int MOST_BYTES_OF_PIECE = 40;

  private Cuts() {}

  /** Byte by byte, and in pieces of 1 to 40 bytes. */
  public static List<List<byte[]>> of(byte[] bytes) {
    return List.of(pieces(bytes, 1), pieces(bytes, MOST_BYTES_OF_PIECE));
  }

  private static List<byte[]> pieces(byte[] bytes, int most) {
    Random random = new Random(Arrays.hashCode(bytes));
    List<byte[]> pieces = new ArrayList<>();
    int from = 0;
    while (from < bytes.length) {
      int to = Math.min(bytes.length, from + 1 + random.nextInt(most));
      pieces.add(Arrays.copyOfRange(bytes, from, to));
      from = to;
    }
    return pieces;
  }
}
