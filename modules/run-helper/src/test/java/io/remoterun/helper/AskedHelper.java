package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.testkit.InstalledHelper;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A helper that runs, asked as a node does it through sudo. */
record AskedHelper(Process process, DataInputStream answers) implements AutoCloseable {

  static AskedHelper ask(InstalledHelper helper, byte[] request) throws IOException {
    return of(helper.start(String.valueOf(InstalledHelper.UID)), request);
  }

  static AskedHelper of(Process process, byte[] request) throws IOException {
    try {
      process.getOutputStream().write(request);
      process.getOutputStream().flush();
    } catch (IOException e) {
      // It has answered already.
    }
    return new AskedHelper(process, new DataInputStream(process.getInputStream()));
  }

  static byte[] request(String... conditions) {
    return request("agent", UUID.randomUUID(), conditions);
  }

  /** As it stands in {@link HelperRequest}. */
  static byte[] request(String job, UUID run, String... conditions) {
    return framed(
        "remote-run 1\n" + job + "\n" + run + "\n" + String.join(",", conditions) + "\ntest\n");
  }

  static byte[] framed(String text) {
    byte[] body = text.getBytes(UTF_8);
    return ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).array();
  }

  Told next() throws IOException {
    return Told.read(answers);
  }

  /** Until output comes that holds these words. */
  void awaitOutput(String words) throws IOException {
    StringBuilder printed = new StringBuilder();
    while (!printed.toString().contains(words)) {
      Told told = next();
      switch (told.type()) {
        case 'O' -> printed.append(told.payload());
        case 'S' -> {}
        default -> throw new IOException("ended with " + told + " after " + printed);
      }
    }
  }

  /** Up to its end. */
  List<Told> all() throws IOException {
    List<Told> all = new ArrayList<>();
    try {
      while (true) {
        all.add(next());
      }
    } catch (EOFException e) {
      return all;
    }
  }

  void cancel() throws IOException {
    process.getOutputStream().write('c');
    process.getOutputStream().flush();
  }

  int exitStatus() {
    return process.onExit().join().exitValue();
  }

  /** The node is gone. */
  void leave() throws IOException {
    process.getInputStream().close();
    process.getErrorStream().close();
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It was not asked whole.
    }
  }

  @Override
  public void close() throws IOException {
    leave();
    process.destroy();
    process.onExit().join();
  }
}
