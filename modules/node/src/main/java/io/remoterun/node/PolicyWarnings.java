package io.remoterun.node;

import io.remoterun.node.access.AccessPolicy;
import io.remoterun.node.access.AdmittedKeys;
import io.remoterun.node.access.PolicyServerKey;
import org.slf4j.Logger;

/** What somebody should know of a policy that begins to hold. */
final class PolicyWarnings {
  private PolicyWarnings() {}

  static void tell(AccessPolicy policy, Logger logger) {
    AdmittedKeys keys = policy.keys();
    if (keys.areNone()) {
      logger.warn("remote-run.node.admit-keys is empty: nobody can have the agent run");
    }
    keys.policyServer()
        .flatMap(PolicyServerKey::problem)
        .ifPresent(
            problem ->
                logger.error(
                    "nobody is admitted as policy-server: {}; or set remote-run.node.admit-keys to"
                        + " its key, MD5=... as \"cf-key -p\" prints it",
                    problem));
    keys.policyServer()
        .filter(key -> key.problem().isEmpty())
        .ifPresent(key -> logger.info("the policy server's key is {}", key));
    if (policy.allowsAnyCondition()) {
      logger.warn(
          "remote-run.node.allow-conditions allows any condition, also such as"
              + " ignore_disable_agent");
    }
  }
}
