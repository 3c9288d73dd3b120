package io.remoterun.operations.health;

import reactor.core.publisher.Mono;

/**
 * Something that a role works with.
 *
 * @param name for people
 * @param isNeeded whether the role is of no use without it
 * @param look finds out how it is when subscribed to; must not block; an error is a finding, too
 */
public record Part(String name, boolean isNeeded, Mono<Finding> look) {}
