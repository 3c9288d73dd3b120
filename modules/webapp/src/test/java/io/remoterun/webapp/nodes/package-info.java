@NullMarked
package io.remoterun.webapp.nodes;

import org.jspecify.annotations.NullMarked;
