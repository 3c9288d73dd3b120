@NullMarked
package io.remoterun.webapp.security;

import org.jspecify.annotations.NullMarked;
