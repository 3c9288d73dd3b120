/** Who may do what: accounts, their rights, and what these are limited to. */
@NullMarked
package io.remoterun.webapp.accounts;

import org.jspecify.annotations.NullMarked;
