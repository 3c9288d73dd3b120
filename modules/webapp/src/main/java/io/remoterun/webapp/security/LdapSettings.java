package io.remoterun.webapp.security;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A directory that knows people, {@code remote-run.webapp.security.ldap.*}.
 *
 * @param url with the base of all names, as {@code ldaps://ldap.example.org/dc=example,dc=org}
 * @param userDnPattern below the base, with the name as {@code {0}}; empty to search
 * @param userSearchBase below the base
 * @param userSearchFilter with the name as {@code {0}}
 * @param managerDn who searches; empty for nobody
 * @param managerPasswordFile with its password
 * @param groupSearchBase below the base
 * @param groupSearchFilter with the person's whole name as {@code {0}} and its short one as {@code
 *     {1}}
 * @param timeout for the connection, and for each answer
 * @param rights of the groups, by their {@code cn}
 */
public record LdapSettings(
    String url,
    @DefaultValue("") String userDnPattern,
    @DefaultValue("") String userSearchBase,
    @DefaultValue("(uid={0})") String userSearchFilter,
    @DefaultValue("") String managerDn,
    @DefaultValue("/var/rudder/remote-run/ldap-password") Path managerPasswordFile,
    @DefaultValue("") String groupSearchBase,
    @DefaultValue("(member={0})") String groupSearchFilter,
    @DefaultValue("5s") Duration timeout,
    @DefaultValue List<GroupRights> rights) {}
