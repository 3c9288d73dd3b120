/** Nodes, by whatever a person calls them. */
@NullMarked
package io.remoterun.cli.fleet;

import org.jspecify.annotations.NullMarked;
