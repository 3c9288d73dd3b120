package io.remoterun.webapp.page;

/**
 * What browsers may load for our pages, as {@code Content-Security-Policy} says it: scripts, styles
 * and pictures only from files of this server; no frames; no other hosts.
 */
public final class ContentPolicy {
  public static final String HEADER = "Content-Security-Policy";

  private static final String PICTURES = "img-src 'self'";

  public static final String ALL =
      "default-src 'none'; script-src 'self'; style-src 'self'; "
          + PICTURES
          + "; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  /** Swagger UI has its signs in its style sheet. */
  public static final String API_DOCS = ALL.replace(PICTURES, PICTURES + " data:");

  private ContentPolicy() {}
}
