package io.remoterun.webapp.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.remoterun.webapp.audit.ChainedEntry;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An entry of the audit log as administrators see it, with all that its hash is made of. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AuditJson(
    long sequence,
    String when,
    String who,
    String from,
    String action,
    String decision,
    @Nullable String run,
    String details,
    String previousHash,
    String hash) {

  static AuditJson of(ChainedEntry kept) {
    return new AuditJson(
        kept.sequence(),
        kept.when().toString(),
        kept.entry().by().name(),
        kept.entry().by().from(),
        kept.entry().action().name().toLowerCase(Locale.ROOT),
        kept.entry().decision().name().toLowerCase(Locale.ROOT),
        kept.entry().run().map(Object::toString).orElse(null),
        kept.entry().details(),
        kept.previousHash(),
        kept.hash());
  }
}
