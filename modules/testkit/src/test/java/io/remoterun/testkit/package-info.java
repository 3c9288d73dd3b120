@NullMarked
package io.remoterun.testkit;

import org.jspecify.annotations.NullMarked;
