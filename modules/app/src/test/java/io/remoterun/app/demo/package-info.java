@NullMarked
package io.remoterun.app.demo;

import org.jspecify.annotations.NullMarked;
