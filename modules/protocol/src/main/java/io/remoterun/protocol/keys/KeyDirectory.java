package io.remoterun.protocol.keys;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;

/** A CFEngine {@code ppkeys} folder. */
public final class KeyDirectory {
  public KeyDirectory(Path folder) {
    throw new UnsupportedOperationException();
  }

  /** The host's own pair, made first where there is none. */
  public HostKey hostKeyMadeIfMissing() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The host's own pair; refuses a private key file that others can read. */
  public HostKey hostKey() throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Whether exactly this key is stored as USER-MD5=... or USER-SHA=...; the whole key is compared.
   */
  public boolean isTrusted(String user, PublicKey key) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Stores as {@code USER-MD5=hex.pub}. */
  public void trust(String user, RSAPublicKey key) throws IOException {
    throw new UnsupportedOperationException();
  }
}
