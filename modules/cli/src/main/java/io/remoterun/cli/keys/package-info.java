/** Host keys, for operators: make, name, trust. */
@NullMarked
package io.remoterun.cli.keys;

import org.jspecify.annotations.NullMarked;
