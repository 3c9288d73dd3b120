@org.jspecify.annotations.NullMarked
package io.remoterun.protocol.check;
