package io.remoterun.app;

import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One setting of the program, as its records have it.
 *
 * @param name such as {@code remote-run.relay.http.listen}
 * @param otherwise what it is if nobody sets it, in Markdown
 * @param choices the values that it can have, if these are few words, in Markdown
 */
record Setting(String name, String otherwise, String choices) {

  /** All settings that a record of settings is bound to, in its order. */
  static List<Setting> of(Class<?> settings, String prefix) {
    List<Setting> found = new ArrayList<>();
    for (RecordComponent component : settings.getRecordComponents()) {
      add(found, settings, component, prefix + "." + dashed(component.getName()));
    }
    return found;
  }

  /** Names are the same with and without dashes. */
  String comparable() {
    return comparable(name);
  }

  static String comparable(String name) {
    return name.replace("-", "").toLowerCase(Locale.ROOT);
  }

  private static void add(
      List<Setting> found, Class<?> settings, RecordComponent component, String name) {
    Class<?> type = component.getType();
    if (type == Map.class && valuesOf(component) instanceof Class<?> values && values.isRecord()) {
      found.addAll(of(values, name + ".*"));
    } else if (isGroup(type)) {
      found.addAll(of(type, name));
    } else {
      found.add(new Setting(name, otherwise(settings, component), choices(type)));
    }
  }

  private static Type valuesOf(RecordComponent map) {
    return ((ParameterizedType) map.getGenericType()).getActualTypeArguments()[1];
  }

  /** A record is one, unless it is made of a text. */
  private static boolean isGroup(Class<?> type) {
    return type.isRecord()
        && Stream.of(type.getDeclaredMethods())
            .noneMatch(
                method ->
                    method.getName().equals("valueOf")
                        && Arrays.equals(
                            method.getParameterTypes(), new Class<?>[] {String.class}));
  }

  private static String otherwise(Class<?> settings, RecordComponent component) {
    DefaultValue value = parameter(settings, component.getName()).getAnnotation(DefaultValue.class);
    if (value == null) {
      return "";
    }
    String words = String.join("`, `", value.value());
    return words.isEmpty() ? "none" : "`" + words + "`";
  }

  private static Parameter parameter(Class<?> settings, String name) {
    RecordComponent[] components = settings.getRecordComponents();
    return Stream.of(settings.getDeclaredConstructors())
        .filter(constructor -> constructor.getParameterCount() == components.length)
        .flatMap(constructor -> Stream.of(constructor.getParameters()))
        .filter(parameter -> parameter.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String choices(Class<?> type) {
    if (!type.isEnum()) {
      return "";
    }
    return Stream.of(type.getEnumConstants())
        .map(value -> "`" + ((Enum<?>) value).name().toLowerCase(Locale.ROOT) + "`")
        .collect(Collectors.joining(", ", "", ". "));
  }

  private static String dashed(String camel) {
    return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
