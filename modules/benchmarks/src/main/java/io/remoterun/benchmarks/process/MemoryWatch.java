package io.remoterun.benchmarks.process;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** What this process has used: processor, memory as the system sees it, and heap. */
final class MemoryWatch {
  private static final Path STATUS = Path.of("/proc/self/status");

  private final Set<String> heapPools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(MemoryPoolMXBean::getName)
          .collect(Collectors.toSet());
  private final AtomicLong mostHeap = new AtomicLong();

  MemoryWatch() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector)
          .addNotificationListener((event, handback) -> collected(event), null, null);
    }
  }

  private void collected(Notification event) {
    if (event.getUserData() instanceof CompositeData data) {
      var info = GarbageCollectionNotificationInfo.from(data).getGcInfo();
      mostHeap.accumulateAndGet(heap(info.getMemoryUsageBeforeGc()), Math::max);
    }
  }

  private long heap(Map<String, MemoryUsage> pools) {
    return pools.entrySet().stream()
        .filter(pool -> heapPools.contains(pool.getKey()))
        .mapToLong(pool -> pool.getValue().getUsed())
        .sum();
  }

  Map<String, Long> figures() {
    long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return Map.of(
        "cpu-ms", system.getProcessCpuTime() / 1_000_000,
        "rss-kb", mostRss(),
        "heap-kb", mostHeap.accumulateAndGet(now, Math::max) / 1024);
  }

  private static long mostRss() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
