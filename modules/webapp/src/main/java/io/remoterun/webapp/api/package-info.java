/**
 * The public HTTP API, as Rudder's clients know it: paths, bodies, and the envelope of every answer
 * that is not an agent's output.
 */
@NullMarked
package io.remoterun.webapp.api;

import org.jspecify.annotations.NullMarked;
