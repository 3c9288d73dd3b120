/** Those who follow runs, and how they are told that the program ends. */
@NullMarked
package io.remoterun.operations.followers;

import org.jspecify.annotations.NullMarked;
