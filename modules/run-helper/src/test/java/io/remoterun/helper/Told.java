package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.DataInputStream;
import java.io.IOException;

/** One answer of the helper, as it stands in {@link Asker}. */
record Told(char type, String payload) {

  static Told exited(int code) {
    return new Told('X', String.valueOf(code));
  }

  static Told killed(int signal) {
    return new Told('K', String.valueOf(signal));
  }

  static Told read(DataInputStream in) throws IOException {
    int type = in.readUnsignedByte();
    return new Told((char) type, new String(in.readNBytes(in.readInt()), ISO_8859_1));
  }
}
