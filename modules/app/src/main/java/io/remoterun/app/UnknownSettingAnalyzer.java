package io.remoterun.app;

import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says in one line what is misspelt, and where. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownSettingAnalyzer
    extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

  @Override
  protected FailureAnalysis analyze(
      Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
    String settings =
        cause.getUnboundProperties().stream()
            .map(UnknownSettingAnalyzer::words)
            .collect(Collectors.joining("\n"));
    return new FailureAnalysis(
        settings,
        "Look for the right name in docs/configuration.md, which has all settings.",
        cause);
  }

  private static String words(ConfigurationProperty property) {
    String where = property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
    return "There is no setting " + property.getName() + where + ".";
  }
}
