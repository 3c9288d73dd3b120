package io.remoterun.webapp.operations;

import io.remoterun.operations.followers.Followers;
import io.remoterun.operations.health.Finding;
import io.remoterun.operations.health.Health;
import io.remoterun.operations.health.Part;
import io.remoterun.webapp.audit.AuditLog;
import io.remoterun.webapp.nodes.Fleets;
import io.remoterun.webapp.runs.RootRelay;
import io.remoterun.webapp.store.Database;
import java.util.List;
import reactor.core.publisher.Mono;

/** What the webapp needs. */
public final class WebappHealth {
  private WebappHealth() {}

  public static Health of(
      Database database, AuditLog audit, RootRelay relay, Fleets fleets, Followers followers) {
    return new Health(
        List.of(
            new Part("accepts runs", true, Mono.fromSupplier(() -> accepts(followers))),
            new Part(
                "database",
                true,
                database
                    .call(jdbc -> jdbc.sql("select 1").query(Integer.class).single())
                    .thenReturn(Finding.up())),
            // Nothing runs that is not in it.
            new Part("audit log", true, audit.tryOut().thenReturn(Finding.up())),
            new Part("root relay", true, relay.answers().thenReturn(Finding.up())),
            new Part(
                "node list",
                true,
                Mono.defer(fleets::current)
                    .map(fleet -> Finding.up(fleet.nodes().size() + " nodes")))));
  }

  private static Finding accepts(Followers followers) {
    return followers.isLeaving() ? Finding.down("the webapp is being stopped") : Finding.up();
  }
}
