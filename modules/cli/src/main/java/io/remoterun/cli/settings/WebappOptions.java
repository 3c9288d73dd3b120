package io.remoterun.cli.settings;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags that say where the webapp is. There is none for the token: others could read it. */
public final class WebappOptions {
  /** Before them in the help. */
  public static final String HEADING = "%nThe webapp:%n";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Of the webapp (REMOTE_RUN_URL). Default: http://127.0.0.1:8080.")
  @Nullable String url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Its only line is the API token (REMOTE_RUN_TOKEN_FILE, or REMOTE_RUN_TOKEN).")
  @Nullable String tokenFile;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "Trust these certificates instead of the system's (REMOTE_RUN_CA_FILE).")
  @Nullable String caFile;

  @Option(
      names = "--pin",
      paramLabel = "HASH",
      description =
          "Trust this key of the webapp and nothing else: sha256//BASE64, as for curl"
              + " --pinnedpubkey (REMOTE_RUN_PIN).")
  @Nullable String pin;

  @Option(
      names = "--insecure-http",
      description = "Allow http to other machines: the token can be read on the way.")
  boolean insecureHttp;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings instead of ~/.config/remote-run/config.toml (REMOTE_RUN_CONFIG).")
  @Nullable String config;

  @Option(names = "--token", hidden = true)
  @Nullable String token;

  /** Whether a flag says where it is. */
  public boolean hasUrl() {
    return url != null;
  }

  /** Where it is, as if a flag said it. */
  public void url(String given) {
    url = given;
  }

  public boolean isInsecure() {
    return insecureHttp;
  }
}
