package io.remoterun.protocol.report;

/** Rewrites what agents print, line by line, as it comes. Not thread-safe. */
public interface OutputFormatter {

  /**
   * @param bytes of the output, cut anywhere
   * @return what is to be shown by now; nothing waits for later but the rest of a line, and a
   *     report that spans lines
   */
  byte[] feed(byte[] bytes);

  /** Nothing more comes: what is to be shown at the end. */
  byte[] end();
}
