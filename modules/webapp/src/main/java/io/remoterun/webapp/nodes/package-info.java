/** The fleet as the webapp sees it: its nodes, what is known of them, and the groups they form. */
@NullMarked
package io.remoterun.webapp.nodes;

import org.jspecify.annotations.NullMarked;
