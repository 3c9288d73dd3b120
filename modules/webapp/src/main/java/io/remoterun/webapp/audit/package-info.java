/** Who did what, when and from where, written down before it happens. */
@NullMarked
package io.remoterun.webapp.audit;

import org.jspecify.annotations.NullMarked;
