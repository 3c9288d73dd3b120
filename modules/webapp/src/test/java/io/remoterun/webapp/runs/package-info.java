@NullMarked
package io.remoterun.webapp.runs;

import org.jspecify.annotations.NullMarked;
