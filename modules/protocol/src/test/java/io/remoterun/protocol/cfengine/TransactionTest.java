package io.remoterun.protocol.cfengine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionTest {

  @Test
  void looksAsCfengineWritesIt() {
    assertThat(Transaction.last(bytes("EXEC")).encode()).isEqualTo(bytes("t 4\0\0\0\0\0EXEC"));
    assertThat(Transaction.last(new byte[4088]).encode())
        .startsWith(bytes("t 4088\0\0"))
        .hasSize(4096);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 10, 999, 1000, 4087, 4088})
  void isReadAsItWasWritten(int size) {
    Transaction transaction = Transaction.last(new byte[size]);

    assertThat(Transaction.decode(received(transaction.encode()))).contains(transaction);
  }

  @Test
  void readsBothLetters() {
    assertThat(Transaction.decode(received(bytes("m 1\0\0\0\0\0x"))))
        .hasValueSatisfying(transaction -> assertThat(transaction.more()).isTrue());
  }

  @Test
  void waitsForTheWholeOfIt() {
    byte[] whole = bytes("t 4\0\0\0\0\0EXEC");
    ReceivedBytes received = new ReceivedBytes();
    for (int index = 0; index < whole.length; index++) {
      assertThat(Transaction.decode(received)).isEmpty();
      received.add(ByteBuffer.wrap(whole, index, 1));
    }

    assertThat(Transaction.decode(received)).isPresent();
    assertThat(received.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t 0\0\0\0\0\0",
        "t 00\0\0\0\0",
        "t 04\0\0\0\0",
        "t -1\0\0\0\0",
        "t +1\0\0\0\0",
        "t 4089\0\0",
        "t 999999",
        "t 40960\0",
        "t \0\0\0\0\0\0",
        "t 4 \0\0\0\0",
        "t 4\0\0\0\0004",
        "t  4\0\0\0\0",
        "x 4\0\0\0\0\0",
        "t4\0\0\0\0\0\0",
        "T 4\0\0\0\0\0",
        "\0\0\0\0\0\0\0\0",
        "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
        "GET / HT"
      })
  void aHeaderThatLiesIsRefusedBeforeAnyPayload(String header) {
    assertThatThrownBy(() -> Transaction.decode(received(bytes(header))))
        .isInstanceOf(ProtocolError.class)
        .hasMessageStartingWith("invalid transaction header '")
        .hasMessageContaining("should");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4089})
  void cannotBeMadeEmptyOrTooLong(int size) {
    assertThatThrownBy(() -> Transaction.last(new byte[size])).isInstanceOf(ProtocolError.class);
  }

  private static ReceivedBytes received(byte[] bytes) {
    ReceivedBytes received = new ReceivedBytes();
    received.add(ByteBuffer.wrap(bytes));
    return received;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
