/** A whole fleet on loopback in one JVM, to be tried and to be tested against. */
@NullMarked
package io.remoterun.app.demo;

import org.jspecify.annotations.NullMarked;
