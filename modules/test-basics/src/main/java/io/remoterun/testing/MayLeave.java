package io.remoterun.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** {@link LeakCheck} does not look at a class of tests that has this, nor at its nested ones. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface MayLeave {
  /** Why it cannot be looked at. */
  String value();
}
