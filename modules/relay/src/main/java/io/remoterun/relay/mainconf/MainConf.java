package io.remoterun.relay.mainconf;

import io.remoterun.protocol.conf.RudderDuration;
import io.remoterun.protocol.run.Printable;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.OriginTrackedValue;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * What relayd's {@code main.conf} (TOML) says, in the words of {@code config/relay.yml}. Keys that
 * the relay has no use for are ignored; what is not said has relayd's default, which is ours, too.
 *
 * <p>Who has such a file has a relay as Rudder has it, so that two things follow from it:
 *
 * <ul>
 *   <li>callers on this machine show no token ({@code http.authentication=none}), as relayd's show
 *       none; this is warned about at each start, and {@code
 *       --remote-run.relay.http.authentication=token} on the command line, or a file that is named
 *       after this one, changes it;
 *   <li>a {@code command} other than Rudder's own is somebody's own way to trigger nodes, and is
 *       called as relayd calls it ({@code transport=command}), with sudo unless {@code use_sudo} is
 *       false. Rudder's own would only start cf-runagent, whose protocol the relay speaks itself.
 * </ul>
 */
final class MainConf {
  private static final String RUDDERS_COMMAND = "/opt/rudder/bin/rudder";
  private static final TomlMapper TOML = new TomlMapper();

  private final String file;
  private final JsonNode tree;
  private final Map<String, Object> settings = new LinkedHashMap<>();

  private MainConf(String file, JsonNode tree) {
    this.file = file;
    this.tree = tree;
  }

  /**
   * @param file its name, for errors
   * @return {@code remote-run.relay.*}; each value knows where it comes from
   * @throws BrokenMainConfException when it is no TOML, or has a value of the wrong kind
   */
  static Map<String, Object> parse(byte[] toml, String file) {
    MainConf conf = new MainConf(file, tree(new String(toml, StandardCharsets.UTF_8), file));
    conf.readGeneral();
    conf.readRemoteRun();
    return conf.settings;
  }

  private static JsonNode tree(String toml, String file) {
    try {
      return TOML.readTree(toml);
    } catch (JacksonException e) {
      // Jackson does not always know where it is.
      @Nullable TokenStreamLocation where = e.getLocation();
      String line = where == null ? "" : "near line " + where.getLineNr() + ": ";
      throw new BrokenMainConfException(file, line + Printable.of(e.getOriginalMessage()));
    }
  }

  private void readGeneral() {
    text("general", "nodes_list_file", "nodes-list-file");
    text("general", "nodes_certs_file", "nodes-certs-file");
    text("general", "node_id", "id");
    text("general", "node_id_file", "id-file");
    text("general", "listen", "http.listen");
    number("general", "https_port", "https-port");
    duration("general", "https_idle_timeout", "https-idle-timeout");
    text("general", "peer_authentication", "peer-authentication");
    text("general", "ca_path", "ca-path");
    settings.put(setting("http.authentication"), tracked("none", "relayd's clients have no token"));
  }

  private void readRemoteRun() {
    flag("remote_run", "enabled", "enabled");
    JsonNode command = value("remote_run", "command");
    if (command.isString() && command.stringValue().equals(RUDDERS_COMMAND)) {
      return;
    }
    if (text("remote_run", "command", "command.program")) {
      settings.put(setting("transport"), tracked("command", "[remote_run] command"));
      settings.put(setting("command.sudo"), tracked("true", "relayd's default"));
      flag("remote_run", "use_sudo", "command.sudo");
    }
  }

  private boolean text(String table, String key, String setting) {
    JsonNode value = value(table, key);
    if (value.isMissingNode()) {
      return false;
    }
    if (!value.isString() || value.stringValue().isBlank()) {
      throw wrong(table, key, "should be a text, such as \"...\"");
    }
    put(table, key, setting, value.stringValue());
    return true;
  }

  private void number(String table, String key, String setting) {
    JsonNode value = value(table, key);
    if (!value.isMissingNode()) {
      if (!value.isIntegralNumber()) {
        throw wrong(table, key, "should be a number, such as 443");
      }
      put(table, key, setting, value.asString());
    }
  }

  private void flag(String table, String key, String setting) {
    JsonNode value = value(table, key);
    if (!value.isMissingNode()) {
      if (!value.isBoolean()) {
        throw wrong(table, key, "should be true or false");
      }
      put(table, key, setting, value.asString());
    }
  }

  private void duration(String table, String key, String setting) {
    JsonNode value = value(table, key);
    if (!value.isMissingNode()) {
      if (!value.isIntegralNumber() && !value.isString()) {
        throw wrong(table, key, RudderDuration.FORMS);
      }
      try {
        put(table, key, setting, RudderDuration.parse(value.asString()).toString());
      } catch (IllegalArgumentException e) {
        throw wrong(table, key, RudderDuration.FORMS);
      }
    }
  }

  private JsonNode value(String table, String key) {
    JsonNode found = tree.path(table);
    if (!found.isMissingNode() && !found.isObject()) {
      throw new BrokenMainConfException(file, table + " should be a table: [" + table + "]");
    }
    return found.path(key);
  }

  private void put(String table, String key, String setting, String value) {
    settings.put(setting(setting), tracked(value, "[" + table + "] " + key));
  }

  /** Spring shows the origin in its own errors about the value. */
  private Object tracked(String value, String where) {
    return OriginTrackedValue.of(value, new Place(file, where));
  }

  private static String setting(String name) {
    return "remote-run.relay." + name;
  }

  private BrokenMainConfException wrong(String table, String key, String problem) {
    return new BrokenMainConfException(file, "[" + table + "] " + key + " " + problem);
  }
}
