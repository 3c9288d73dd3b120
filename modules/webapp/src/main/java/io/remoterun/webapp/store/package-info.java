/** What the webapp keeps: the database, its tables, and the runs in them. */
@NullMarked
package io.remoterun.webapp.store;

import org.jspecify.annotations.NullMarked;
