package io.remoterun.protocol;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP as daemons take it: to read their files again. A process has one handler for it, and may
 * have several roles, each with files of its own; while it has none, the signal ends it, as it does
 * every Java program. But a program that was started to ignore it, as {@code nohup} does, goes on
 * ignoring it, which is said in the log: Java leaves that to whoever has started it.
 *
 * <p>{@code sun.misc.Signal} is the only way to hear of a signal in Java, and there to stay (module
 * {@code jdk.unsupported}, JEP 260). It is called by reflection, because javac warns of its name in
 * a way that nothing but giving up {@code --release} turns off.
 */
public final class Hangup implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(Hangup.class);
  private static final List<Runnable> ACTIONS = new CopyOnWriteArrayList<>();
  private static @Nullable Object before;

  private final Runnable action;

  private Hangup(Runnable action) {
    this.action = action;
  }

  /**
   * @param action called for each signal, until this is closed, on a thread of the signal's; the
   *     others wait for it. It must not fail.
   * @throws IllegalStateException when this Java keeps the signal for itself
   */
  public static Hangup calling(Runnable action) {
    synchronized (ACTIONS) {
      if (before == null) {
        before = handle(handlerOfAll());
        warnIfIgnored(before);
      }
      ACTIONS.add(action);
    }
    return new Hangup(action);
  }

  private static void warnIfIgnored(Object before) {
    if (before.equals(ignoring())) {
      logger.warn(
          "SIGHUP does nothing here: whoever started this program has it ignored, as nohup does;"
              + " what changes in files is read after a restart");
    }
  }

  private static Object ignoring() {
    try {
      return Class.forName("sun.misc.SignalHandler").getField("SIG_IGN").get(null);
    } catch (ReflectiveOperationException e) {
      throw unheard(e);
    }
  }

  /** The signal does what it did before. */
  public static Hangup notHeard() {
    return new Hangup(() -> {});
  }

  @Override
  public void close() {
    synchronized (ACTIONS) {
      ACTIONS.remove(action);
      if (ACTIONS.isEmpty() && before != null) {
        handle(before);
        before = null;
      }
    }
  }

  private static Object handlerOfAll() {
    try {
      Runnable all = () -> ACTIONS.forEach(Runnable::run);
      MethodHandle runAll =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(all);
      return MethodHandleProxies.asInterfaceInstance(
          Class.forName("sun.misc.SignalHandler"),
          MethodHandles.dropArguments(runAll, 0, Class.forName("sun.misc.Signal")));
    } catch (ReflectiveOperationException e) {
      throw unheard(e);
    }
  }

  /** Returns the handler that there was before. */
  private static Object handle(Object handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      return signal
          .getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"))
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handler);
    } catch (ReflectiveOperationException e) {
      throw unheard(e);
    }
  }

  private static IllegalStateException unheard(ReflectiveOperationException why) {
    return new IllegalStateException(
        "this Java does not tell of SIGHUP: set reload-on-hangup to false for each role", why);
  }
}
