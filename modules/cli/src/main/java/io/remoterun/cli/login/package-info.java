/** Signing in: a token that is checked and kept for later. */
@NullMarked
package io.remoterun.cli.login;

import org.jspecify.annotations.NullMarked;
