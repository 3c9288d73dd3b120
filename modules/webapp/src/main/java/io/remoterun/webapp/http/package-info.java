/** What is checked of a request before it is one: that it is proper HTTP, and comes in time. */
@NullMarked
package io.remoterun.webapp.http;

import org.jspecify.annotations.NullMarked;
