package io.remoterun.helper;

import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A helper that is ended before it has read its request, and is gone when a file is there. */
final class EndedHelper {
  private EndedHelper() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path file = Path.of(arguments[0]);
    CountDownLatch ending = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  ending.countDown();
                  var _ = Eventually.holds(Eventually.DEADLINE, () -> Files.exists(file));
                }));
    Thread.ofPlatform().start(() -> System.exit(0));
    ending.await();
    RunHelper.main(new String[0]);
  }
}
