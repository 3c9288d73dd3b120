package io.remoterun.protocol.cfengine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Transactions as bytes, and back. */
final class Frames {
  private Frames() {}

  static ReceivedBytes received(byte[] bytes) {
    ReceivedBytes received = new ReceivedBytes();
    received.add(ByteBuffer.wrap(bytes));
    return received;
  }

  /** All transactions of the bytes, which have to be nothing else. */
  static List<Transaction> decodeAll(byte[] bytes) {
    ReceivedBytes received = received(bytes);
    List<Transaction> transactions = new ArrayList<>();
    Optional<Transaction> next = Transaction.decode(received);
    while (next.isPresent()) {
      transactions.add(next.get());
      next = Transaction.decode(received);
    }
    assertThat(received.size()).isZero();
    return transactions;
  }
}
