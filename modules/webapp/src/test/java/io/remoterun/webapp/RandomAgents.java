package io.remoterun.webapp;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.ScriptedRelay;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/** A relay whose agents do one thing or another, most of them at once and the others soon. */
final class RandomAgents implements AutoCloseable {
  private static final Pattern NODES = Pattern.compile("(?:^|&)nodes=([^&]*)");
  private static final Duration SOON = Duration.ofMillis(100);

  private final ScriptedRelay relay = new ScriptedRelay();
  private final Random random;
  private final Thread thread = new Thread(this::answer, "random-agents");

  RandomAgents(long seed) {
    this.random = new Random(seed);
    thread.start();
  }

  URI url() {
    return relay.url();
  }

  private void answer() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        answer(relay.asked());
      } catch (InterruptedException e) {
        return;
      } catch (AssertionError nobodyAsked) {
        // There is always time for another one.
      }
    }
  }

  private void answer(ScriptedRelay.Asked asked) {
    Matcher nodes = NODES.matcher(URLDecoder.decode(asked.form(), StandardCharsets.UTF_8));
    if (!asked.path().endsWith("/remote-run/nodes") || !nodes.find()) {
      asked.end();
      return;
    }
    String ids = nodes.group(1);
    if (random.nextInt(10) == 0) {
      Mono.delay(SOON).subscribe(time -> say(asked, ids));
    } else {
      say(asked, ids);
    }
  }

  private synchronized void say(ScriptedRelay.Asked asked, String ids) {
    for (String id : ids.split(",", -1)) {
      say(asked, new NodeId(id));
    }
    asked.end();
  }

  private void say(ScriptedRelay.Asked asked, NodeId node) {
    RunFailure.Kind[] kinds = RunFailure.Kind.values();
    int what = random.nextInt(10);
    if (what == 0) {
      RunFailure.Kind kind = kinds[random.nextInt(kinds.length)];
      asked.says(new RunEvent.Failed(node, new RunFailure(kind, "relay root", "as it happens")));
      return;
    }
    asked
        .says(new RunEvent.Started(node, "agent"))
        .says(new RunEvent.Output(node, OutputBytes.ofUtf8("OK \u00e9\n")));
    if (what < 3) {
      asked.says(
          new RunEvent.Output(node, OutputBytes.copyOf(new byte[] {(byte) 0xff, 0, 27, 10})));
      asked.says(new RunEvent.Gap(node, 8, 100));
    }
    asked.says(
        new RunEvent.Finished(
            node,
            switch (what) {
              case 3 -> ExitStatus.code(3);
              case 4 -> new ExitStatus.Killed(9);
              case 5 -> new ExitStatus.Killed(0);
              case 6 -> new ExitStatus.NotReported();
              default -> ExitStatus.code(0);
            }));
  }

  @Override
  public void close() {
    thread.interrupt();
    relay.close();
  }
}
