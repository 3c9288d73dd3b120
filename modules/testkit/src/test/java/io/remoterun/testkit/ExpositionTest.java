package io.remoterun.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  private static final String COUNTER = "# HELP a_total A\n# TYPE a_total counter\n";
  private static final String HISTOGRAM = "# HELP h_seconds H\n# TYPE h_seconds histogram\n";

  @Test
  void readsFamiliesAndSamples() {
    Exposition read =
        Exposition.parse(
            COUNTER
                + "a_total{y=\"1\",x=\"q\\\"\"} 2.0\n"
                + HISTOGRAM
                + "h_seconds_bucket{le=\"0.1\"} 1\nh_seconds_bucket{le=\"+Inf\"} 3\n"
                + "h_seconds_count 3\nh_seconds_sum 7.5\n");
    assertThat(read.families()).containsOnlyKeys("a_total", "h_seconds");
    assertThat(read.value("a_total{x=\"q\\\"\",y=\"1\"}")).isEqualTo(2);
    assertThat(read.value("h_seconds_sum")).isEqualTo(7.5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        COUNTER + "a_total 1",
        "a_total 1\n",
        COUNTER + "a_total -1\n",
        COUNTER + "a_total 1\na_total 1\n",
        COUNTER + "b_total 1\n",
        COUNTER + "a_total{x=1} 1\n",
        COUNTER + "a_total{x=\"1\" 1\n",
        COUNTER + "a_total{x=\"1\",x=\"2\"} 1\n",
        COUNTER + "a_total one\n",
        COUNTER + COUNTER,
        "# TYPE a_total counter\na_total 1\n",
        "# HELP a A\n# TYPE a counter\na 1\n",
        HISTOGRAM + "h_seconds_bucket{le=\"1\"} 1\nh_seconds_count 1\n",
        HISTOGRAM + "h_seconds_bucket{le=\"1\"} 2\nh_seconds_bucket{le=\"+Inf\"} 1\n",
        HISTOGRAM + "h_seconds_bucket{le=\"+Inf\"} 1\nh_seconds_count 2\n"
      })
  void refusesWhatDoesNotFit(String text) {
    assertThatThrownBy(() -> Exposition.parse(text)).isInstanceOf(AssertionError.class);
  }
}
