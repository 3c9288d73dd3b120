package io.remoterun.testing;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Netty's buffers that nobody released. Netty learns of them from the garbage collector, so this
 * runs it. Only one such watch at a time.
 */
final class NettyBuffers implements Watch {
  private static final int MOST_CHARACTERS = 4_000;

  private final List<String> leaks = new CopyOnWriteArrayList<>();

  NettyBuffers() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    collect();
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(leak(type, records)));
  }

  private static String leak(String type, String records) {
    return "leaked " + type + records.substring(0, Math.min(records.length(), MOST_CHARACTERS));
  }

  @Override
  public List<String> left() {
    collect();
    return List.copyOf(leaks);
  }

  @Override
  public void end() {
    ByteBufUtil.setLeakListener(null);
  }

  private static void collect() {
    // What a collection finds is handed out some time after it, but before what the next one finds.
    awaitCollection();
    awaitCollection();
    // Netty looks at what it was handed whenever a buffer is made.
    ByteBufAllocator.DEFAULT.buffer(1).release();
  }

  private static void awaitCollection() {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    Reference<Object> canary = new PhantomReference<>(new Object(), collected);
    System.gc();
    try {
      if (collected.remove(Eventually.DEADLINE.toMillis()) == null) {
        throw new AssertionError("this Java does not collect garbage when asked to");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Reference.reachabilityFence(canary);
    }
  }
}
