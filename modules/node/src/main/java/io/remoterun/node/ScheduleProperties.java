package io.remoterun.node;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the node runs by itself.
 *
 * @param enabled whether it does. Default: false, because on a node that Rudder has set up its
 *     cf-execd does so already, and would be joined by a second one.
 * @param file Rudder's {@code agentd.conf}; the {@code *.conf} in the folder of that name with
 *     {@code .d} are read after it. Default: {@code /opt/rudder/etc/agentd.conf}.
 * @param lastStarts where it is remembered when what was started. Default: {@code last-starts} in
 *     the folder {@code keys}.
 */
record ScheduleProperties(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("/opt/rudder/etc/agentd.conf") Path file,
    @Nullable Path lastStarts) {}
