package io.remoterun.app.demo;

import java.io.PrintStream;
import java.nio.file.Path;
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

  void whatToTry(DemoFleet fleet, Path environment) {
    String url = fleet.webappUrl().toString();
    String token = fleet.webappToken();
    out.println();
    out.println("The page   " + url + "/login#token=" + token);
    out.println("Its URL    " + url);
    out.println("The token  " + token);
    out.println();
    out.println("Try it from another terminal:");
    out.println();
    out.println("  . " + environment);
    out.println();
    out.println("  # trigger a node under the root server, and watch");
    out.println("  ./remote-run trigger " + name(DemoHost.WEB));
    out.println();
    out.println("  # what the agent of " + name(DemoHost.SHOP) + " prints, as it is");
    out.println("  ./remote-run trigger " + name(DemoHost.SHOP) + " --raw");
    out.println();
    out.println("  # all of them, the one behind the relay as well, with an inventory");
    out.println("  ./remote-run trigger --all -D force_inventory");
    out.println();
    out.println("  # one of them as a script would, by Rudder's API");
    out.println("  curl -sN -H \"$TOKEN\" -X POST $API/nodes/$NODE/applyPolicy");
    out.println();
    out.println("Ctrl-C ends everything.");
    out.flush();
  }

  /** As much of it as is needed to tell it from others. */
  private static String name(DemoHost host) {
    return host.hostname().substring(0, host.hostname().indexOf('.'));
  }
}
