package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.remoterun.testkit.Wire;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelloTest {
  private static final int RECORD_HEADER = 5;

  @Test
  void isThereWithItsLastByteAndNotBefore() throws Exception {
    byte[] whole = Wire.clientHello();
    for (int cut = 0; cut <= whole.length; cut++) {
      Hello hello = new Hello();
      read(hello, Arrays.copyOf(whole, cut));
      assertThat(hello.isThere()).as("%s bytes", cut).isEqualTo(cut == whole.length);
      read(hello, Arrays.copyOfRange(whole, cut, whole.length));
      assertThat(hello.isThere()).as("%s bytes and the others", cut).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 100})
  void mayComeInManyRecords(int size) throws Exception {
    byte[] records = inRecordsOf(size, Wire.clientHello());
    Random cuts = new Random(size);
    Hello hello = new Hello();
    for (int from = 0; from < records.length; ) {
      assertThat(hello.isThere()).isFalse();
      int to = Math.min(records.length, from + 1 + cuts.nextInt(20));
      read(hello, Arrays.copyOfRange(records, from, to));
      from = to;
    }
    assertThat(hello.isThere()).isTrue();
    assertThat(hello.problem()).isEmpty();
  }

  /** The bytes of a hello's message in records of that size. */
  static byte[] inRecordsOf(int size, byte[] record) {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (int from = RECORD_HEADER; from < record.length; from += size) {
      int length = Math.min(size, record.length - from);
      records.writeBytes(new byte[] {record[0], record[1], record[2]});
      records.writeBytes(new byte[] {(byte) (length >> Byte.SIZE), (byte) length});
      records.write(record, from, length);
    }
    return records.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({
    "its record is less than it says,   160301 0004 01000200",
    "and the next record has not begun, 160301 0005 01000002 00",
    "nor does the header end,           160301 0005 01000002 00 160301 00",
    "its record is more than it,        160301 0008 01000002 0000 ff",
    "its record is empty,               160301 0000"
  })
  void isNotThereYetWhen(String problem, String bytes) {
    Hello hello = new Hello();
    read(hello, HexFormat.of().parseHex(bytes.replace(" ", "")));
    assertThat(hello.isThere()).as(problem).isFalse();
    assertThat(hello.problem()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "160301 0004 01000000",
    "160301 0008 01000002 0000 ffff",
    "160301 0000 160301 0005 01000001 00",
    "160301 0001 01 160301 0005 000001 00 ff"
  })
  void endsWithTheRecordInWhichItEnds(String bytes) {
    byte[] all = HexFormat.of().parseHex(bytes.replace(" ", ""));
    Hello hello = new Hello();
    for (byte one : all) {
      assertThat(hello.isThere()).isFalse();
      read(hello, one);
    }
    assertThat(hello.isThere()).isTrue();
    read(hello, all);
    assertThat(hello.problem()).as("of what comes after it").isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "160301 0004 02, a handshake that begins with message 2 and no hello",
    "160301 0004 01008001, a hello of more than 32768 bytes",
    "160301 0001 01 160301 0003 ffffff, a hello of more than 32768 bytes",
    "160301 0001 01 15, a record of type 21 before its hello is there"
  })
  void willNotComeAfter(String bytes, String problem) {
    byte[] all = HexFormat.of().parseHex(bytes.replace(" ", ""));
    Hello hello = new Hello();
    read(hello, all);
    assertThat(hello.problem()).hasValue(problem);
    assertThat(hello.isThere()).isFalse();
    read(hello, all);
    assertThat(hello.isThere()).as("by what comes after it").isFalse();
  }

  private static void read(Hello hello, byte... bytes) {
    hello.read(Unpooled.wrappedBuffer(bytes));
  }
}
