/** The API for administrators: accounts, and the audit log. */
@NullMarked
package io.remoterun.webapp.admin;

import org.jspecify.annotations.NullMarked;
