package io.remoterun.webapp.runs;

/**
 * Who asks.
 *
 * @param name of the account
 * @param from the address that the request came from
 */
public record Caller(String name, String from) {}
