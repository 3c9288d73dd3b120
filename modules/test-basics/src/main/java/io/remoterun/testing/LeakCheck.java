package io.remoterun.testing;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test class that leaves something behind when its last {@code @AfterAll} is done: a child
 * process or what one has started, a socket, pipe or file, a Netty buffer, an exception that ended
 * a thread, an error that Reactor dropped. JUnit finds it by itself, so it looks at all classes but
 * those with {@link MayLeave}. For classes that run one after the other.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
  private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);

  /** With the class it belongs to: nested classes find it, and leave it alone. */
  private record Owned(String owner, Leaks leaks) {}

  @Override
  public void beforeAll(ExtensionContext context) {
    var store = context.getStore(NAMESPACE);
    if (!mayLeave(context) && store.get(Owned.class, Owned.class) == null) {
      store.put(Owned.class, new Owned(context.getUniqueId(), new Leaks()));
    }
  }

  private static boolean mayLeave(ExtensionContext context) {
    return context.getElement().filter(it -> it.isAnnotationPresent(MayLeave.class)).isPresent()
        || context.getParent().filter(LeakCheck::mayLeave).isPresent();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    var store = context.getStore(NAMESPACE);
    Owned owned = store.get(Owned.class, Owned.class);
    if (owned == null || !owned.owner.equals(context.getUniqueId())) {
      return;
    }
    store.remove(Owned.class);
    try (Leaks leaks = owned.leaks) {
      List<String> found = leaks.found(Eventually.DEADLINE);
      if (!found.isEmpty()) {
        throw new AssertionError(
            context.getDisplayName() + " left behind:\n  " + String.join("\n  ", found));
      }
    }
  }
}
