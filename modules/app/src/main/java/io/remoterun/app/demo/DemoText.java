package io.remoterun.app.demo;

import java.io.PrintStream;
import java.util.Locale;

/** What the demo says to the person who started it. */
final class DemoText {
  private final PrintStream out;

  DemoText(PrintStream out) {
    this.out = out;
  }

  void welcome(DemoState state, boolean kept) {
    out.println("Remote Run demo: a fleet on this machine, in this process");
    out.println();
    out.printf("  %-9s%s%s%n", "state", state.folder(), kept ? "" : " (removed at the end)");
  }

  void beforeRun() {
    out.println();
    out.printf(
        "Triggering %s: webapp > relay root > relay %s > node%n",
        DemoHost.SHOP.hostname(), DemoHost.SUB_RELAY.hostname());
    out.println();
  }

  void afterRun(int exit, long nanos) {
    out.println();
    out.printf(Locale.ROOT, "The run ended with exit status %d after %.1f s.%n", exit, nanos / 1e9);
  }

  void whatToTry(DemoFleet fleet) {
    String url = fleet.webappUrl().toString();
    String token = fleet.webappToken();
    out.println();
    out.println("The page   " + url + "/login#token=" + token);
    out.println("Its URL    " + url);
    out.println("The token  " + token);
    out.println();
    out.println("Try it from another terminal:");
    out.println();
    out.println("  # trigger a node under the root server, and watch");
    out.printf(
        "  curl -sN -X POST -H 'X-API-Token: %s' %s/rudder/api/latest/nodes/%s/applyPolicy%n%n",
        token, url, DemoHost.WEB.id());
    out.println("  # the node behind the relay, with an inventory, as events");
    out.printf(
        "  curl -sN -H 'X-API-Token: %s' -H 'Accept: application/x-ndjson' -d"
            + " classes=force_inventory %s/rudder/api/latest/nodes/%s/applyPolicy%n%n",
        token, url, DemoHost.SHOP.id());
    out.println("  # every node at once, asked of the root relay");
    out.printf(
        "  curl -sN -H 'Authorization: Bearer %s' -d keep_output=true %s/remote-run/all%n%n",
        fleet.relayToken(DemoHost.ROOT), fleet.relayUrl(DemoHost.ROOT));
    out.println("Ctrl-C ends everything.");
    out.flush();
  }
}
