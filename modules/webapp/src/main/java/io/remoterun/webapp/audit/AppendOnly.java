package io.remoterun.webapp.audit;

import java.sql.Connection;
import java.sql.SQLException;
import org.h2.api.Trigger;
import org.jspecify.annotations.Nullable;

/**
 * H2 calls this before a row of the audit log is changed or deleted. Its name is in the database.
 */
public final class AppendOnly implements Trigger {

  @Override
  public void fire(Connection connection, Object @Nullable [] oldRow, Object @Nullable [] newRow)
      throws SQLException {
    throw new SQLException("the audit log is append-only");
  }
}
