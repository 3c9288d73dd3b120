/**
 * The runs that were asked for here: what they are for, how they are driven, and how they stand.
 */
@NullMarked
package io.remoterun.webapp.runs;

import org.jspecify.annotations.NullMarked;
