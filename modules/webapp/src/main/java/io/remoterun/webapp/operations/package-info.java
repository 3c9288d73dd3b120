/** What the webapp tells of itself to those who operate it. */
@NullMarked
package io.remoterun.webapp.operations;

import org.jspecify.annotations.NullMarked;
