/** Who a host is: its RSA key, the names for it, and TLS that trusts keys instead of names. */
@NullMarked
package io.remoterun.protocol.keys;

import org.jspecify.annotations.NullMarked;
