package io.remoterun.webapp.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A controller whose paths exist below all bases that Rudder's API has: for programs with and
 * without a version, and for the page's session. Which versions there are, {@link ApiVersions}
 * says.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@RestController
@RequestMapping({
  "/rudder/api",
  "/rudder/api/{version:latest|[0-9]+}",
  "/rudder/secure/api",
})
@interface RudderApi {}
