@NullMarked
package io.remoterun.protocol.report;

import org.jspecify.annotations.NullMarked;
