/** What is made of the commands themselves: completion for shells, and the manual page. */
@NullMarked
package io.remoterun.cli.docs;

import org.jspecify.annotations.NullMarked;
