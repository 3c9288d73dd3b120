package io.remoterun.helper;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, as the kernel or sudo says it, and the two ways to talk to him.
 *
 * @param user nobody, if neither says it
 */
record Asker(@Nullable UserPrincipal user, InputStream in, OutputStream out) {
  private static final UserPrincipalLookupService USERS =
      FileSystems.getDefault().getUserPrincipalLookupService();

  /**
   * At standard input. Where sudo has started this program, it is believed whatever standard input
   * is; otherwise that must be a Unix socket, whose peer the kernel knows.
   */
  static Asker atStandardInput(@Nullable String sudoUid) throws IOException {
    Channel channel = System.inheritedChannel();
    UserPrincipal sudoer = sudoUid == null ? null : USERS.lookupPrincipalByName(sudoUid);
    if (channel instanceof SocketChannel socket) {
      return new Asker(
          sudoer == null ? socket.getOption(ExtendedSocketOptions.SO_PEERCRED).user() : sudoer,
          Channels.newInputStream(socket),
          Channels.newOutputStream(socket));
    }
    return new Asker(
        sudoer, new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
  }

  /** Root may ask, too: it could do without. */
  void mustBe(String allowed) throws IOException, Refusal {
    if (user == null
        || !(user.equals(USERS.lookupPrincipalByName(allowed))
            || user.equals(USERS.lookupPrincipalByName("root")))) {
      throw new Refusal("user " + this + " may not ask, only " + allowed + " and root");
    }
  }

  @Override
  public String toString() {
    return user == null ? "unknown" : user.getName();
  }
}
