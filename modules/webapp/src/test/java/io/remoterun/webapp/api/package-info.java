@NullMarked
package io.remoterun.webapp.api;

import org.jspecify.annotations.NullMarked;
