/** Who may do what: the API token, the session of the page, and the rules for each path. */
@NullMarked
package io.remoterun.webapp.security;

import org.jspecify.annotations.NullMarked;
