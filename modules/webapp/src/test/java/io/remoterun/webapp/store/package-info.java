@NullMarked
package io.remoterun.webapp.store;

import org.jspecify.annotations.NullMarked;
