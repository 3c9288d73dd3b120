/** The API's description, for programs and for people. */
@NullMarked
package io.remoterun.webapp.apidocs;

import org.jspecify.annotations.NullMarked;
