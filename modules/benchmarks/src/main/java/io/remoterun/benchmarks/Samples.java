package io.remoterun.benchmarks;

import java.util.Arrays;

/** Times of one kind of call, in milliseconds. */
final class Samples {
  private final double[] sorted;

  Samples(double[] milliseconds) {
    this.sorted = milliseconds.clone();
    Arrays.sort(sorted);
  }

  /** The nearest rank: of 50 samples, the 45th for 0.9. */
  double quantile(double q) {
    int rank = (int) Math.ceil(q * sorted.length);
    return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
  }

  int count() {
    return sorted.length;
  }

  double median() {
    return quantile(0.5);
  }
}
