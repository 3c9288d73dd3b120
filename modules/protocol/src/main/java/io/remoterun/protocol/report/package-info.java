/** What agents report, read line by line, and written for people. */
@NullMarked
package io.remoterun.protocol.report;

import org.jspecify.annotations.NullMarked;
