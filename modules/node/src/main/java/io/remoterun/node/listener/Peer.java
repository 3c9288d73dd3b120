package io.remoterun.node.listener;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Who is at the other end, as log lines name it.
 *
 * @param key which it has proved to have
 */
record Peer(InetSocketAddress from, PublicKey key) {

  /** The peer of a connection whose handshake is done. */
  static Peer of(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    try {
      PublicKey key = Tls.peerKey(tls.engine().getSession());
      return new Peer((InetSocketAddress) channel.remoteAddress(), key);
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException("a connection without a handshake", e);
    }
  }

  InetAddress address() {
    return from.getAddress();
  }

  static String addressOf(SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? hostOf(inet) + ":" + inet.getPort()
        : String.valueOf(address);
  }

  /** Without the port. */
  static String hostOf(SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : String.valueOf(address);
  }

  /** As CFEngine prints it, where it can be its. */
  static String nameOf(PublicKey key) {
    return key instanceof RSAPublicKey rsa
        ? KeyDigest.md5(rsa).toString()
        : KeyHash.of(key).toString();
  }

  @Override
  public String toString() {
    return addressOf(from) + " key " + nameOf(key);
  }
}
