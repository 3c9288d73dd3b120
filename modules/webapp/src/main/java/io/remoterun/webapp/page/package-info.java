/** The page: static files beside this package, without a build step. */
@NullMarked
package io.remoterun.webapp.page;

import org.jspecify.annotations.NullMarked;
