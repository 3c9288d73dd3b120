@org.jspecify.annotations.NullUnmarked
package io.remoterun.webapp.audit;
