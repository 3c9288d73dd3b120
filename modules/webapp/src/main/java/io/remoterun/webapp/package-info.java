/** The webapp role: Rudder's public API for triggering agents, and the page for people. */
@NullMarked
package io.remoterun.webapp;

import org.jspecify.annotations.NullMarked;
