package io.remoterun.app;

import java.util.List;

/** No active profile names a role. */
final class NoRoleException extends RuntimeException {
  NoRoleException(List<String> profiles) {
    super("no role among the active profiles " + profiles);
  }
}
