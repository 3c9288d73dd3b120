package io.remoterun.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.remoterun.fuzz.Cuts;
import io.remoterun.fuzz.Shown;
import io.remoterun.protocol.log.RunLog.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class RunEventDecoderFuzzTest {

  /** Events are the same however their lines are cut, and can be told to the next hop. */
  @FuzzTest
  void eventsAreToldOnAsTheyCame(byte[] input) {
    Optional<List<Entry>> whole = read(List.of(input));
    for (List<byte[]> pieces : Cuts.of(input)) {
      assertThat(read(pieces)).isEqualTo(whole);
    }
    for (Entry entry : whole.orElse(List.of())) {
      assertThat(entry.sequence()).isNotNegative();
      assertThat(read(List.of(RunEventStream.encode(entry)))).contains(List.of(entry));
    }
  }

  /** Empty where the lines are no events. */
  private static Optional<List<Entry>> read(List<byte[]> pieces) {
    RunEventDecoder decoder = new RunEventDecoder();
    List<Entry> entries = new ArrayList<>();
    try {
      pieces.forEach(piece -> entries.addAll(decoder.feed(piece)));
      return Optional.of(entries);
    } catch (MalformedEventException e) {
      Shown.assertIsSafe(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }
}
