package io.remoterun.webapp;

import com.zaxxer.hikari.HikariDataSource;
import io.remoterun.operations.followers.Followers;
import io.remoterun.operations.trace.Tracing;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.Passwords;
import io.remoterun.webapp.accounts.RateLimit;
import io.remoterun.webapp.accounts.SystemToken;
import io.remoterun.webapp.admin.AccountsController;
import io.remoterun.webapp.admin.AuditController;
import io.remoterun.webapp.api.ApiErrors;
import io.remoterun.webapp.api.ApiVersions;
import io.remoterun.webapp.api.ApplyPolicyController;
import io.remoterun.webapp.api.ChangeRunsController;
import io.remoterun.webapp.api.ChecksController;
import io.remoterun.webapp.api.GroupsController;
import io.remoterun.webapp.api.NodesController;
import io.remoterun.webapp.api.OwnAccountController;
import io.remoterun.webapp.api.RunsController;
import io.remoterun.webapp.api.Triggers;
import io.remoterun.webapp.apidocs.ApiDocs;
import io.remoterun.webapp.audit.Audit;
import io.remoterun.webapp.audit.AuditLog;
import io.remoterun.webapp.audit.Floods;
import io.remoterun.webapp.http.OnceHeaders;
import io.remoterun.webapp.nodes.DatabaseGroups;
import io.remoterun.webapp.nodes.Fleets;
import io.remoterun.webapp.nodes.Groups;
import io.remoterun.webapp.operations.HealthController;
import io.remoterun.webapp.operations.StatusController;
import io.remoterun.webapp.operations.WebappFarewell;
import io.remoterun.webapp.operations.WebappGreeting;
import io.remoterun.webapp.operations.WebappHealth;
import io.remoterun.webapp.operations.WebappMetrics;
import io.remoterun.webapp.page.PageController;
import io.remoterun.webapp.runs.RootRelay;
import io.remoterun.webapp.runs.RunArchive;
import io.remoterun.webapp.runs.WebRuns;
import io.remoterun.webapp.security.SecretFile;
import io.remoterun.webapp.security.SecurityConfiguration;
import io.remoterun.webapp.security.SecuritySettings;
import io.remoterun.webapp.security.TrustedProxies;
import io.remoterun.webapp.store.Database;
import io.remoterun.webapp.store.JdbcArchive;
import io.remoterun.webapp.store.StoreConfiguration;
import io.remoterun.webapp.store.StoreDataSource;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import reactor.core.scheduler.Schedulers;

/** Everything that the webapp role consists of. */
@Configuration(proxyBeanMethods = false)
@Profile("webapp")
@EnableAutoConfiguration
@EnableConfigurationProperties(WebappProperties.class)
@Import({
  ServerConfiguration.class,
  StoreConfiguration.class,
  SecurityConfiguration.class,
  ApiDocs.class
})
public class WebappConfiguration {
  @Bean
  SystemToken systemToken(WebappProperties properties) throws IOException {
    return SystemToken.make(properties.tokenFile());
  }

  @Bean
  SecuritySettings securitySettings(WebappProperties properties) {
    return properties.security();
  }

  @Bean
  Accounts accounts(Database database) {
    return new Accounts(database, InstantSource.system());
  }

  @Bean
  Passwords passwords() {
    return new Passwords();
  }

  @Bean
  TrustedProxies trustedProxies(WebappProperties properties) {
    return new TrustedProxies(properties.security().trustedProxies());
  }

  @Bean
  OnceHeaders onceHeaders() {
    return new OnceHeaders();
  }

  @Bean
  AccountsController accountsController(Accounts accounts, Passwords passwords, Audit audit) {
    return new AccountsController(accounts, passwords, audit);
  }

  @Bean
  AuditController auditController(AuditLog audit) {
    return new AuditController(audit);
  }

  /** Closed after everything that uses it. */
  @Bean
  HikariDataSource dataSource(WebappProperties properties) {
    return StoreDataSource.open(
        properties.store(), () -> SecretFile.readIfThere(properties.store().passwordFile()));
  }

  @Bean
  AuditLog audit(Database database) {
    return new AuditLog(database, InstantSource.system());
  }

  @Bean
  Floods floods(Audit audit) {
    return new Floods(audit, Schedulers.parallel());
  }

  @Bean
  Tracing webappTracing(WebappProperties properties) {
    WebappProperties.Traces traces = properties.traces();
    return Tracing.of(traces.endpoint(), traces.sample(), "remote-run-webapp");
  }

  @Bean
  RootRelay rootRelay(WebappProperties properties, Tracing webappTracing) {
    WebappProperties.Relay relay = properties.relay();
    return new RootRelay(
        relay.url(),
        () -> SecretFile.readIfThere(relay.tokenFile()),
        relay.deadlines(),
        webappTracing);
  }

  @Bean
  JdbcArchive runArchive(Database database, WebappProperties properties) {
    return JdbcArchive.open(
        database, properties.store(), properties.outputLimit().toBytes(), InstantSource.system());
  }

  @Bean(initMethod = "begin")
  WebRuns webRuns(
      RootRelay relay, RunArchive archive, WebappMetrics metrics, Tracing webappTracing) {
    return new WebRuns(relay, archive, InstantSource.system(), metrics.runs(), webappTracing);
  }

  @Bean
  WebappMetrics webappMetrics() {
    return new WebappMetrics();
  }

  @Bean
  Followers webappFollowers() {
    return new Followers();
  }

  @Bean
  WebappFarewell webappFarewell(
      WebRuns runs, Followers webappFollowers, WebappProperties properties) {
    return new WebappFarewell(runs, webappFollowers, properties.shutdownWait());
  }

  @Bean
  WebappGreeting webappGreeting(WebappProperties properties) {
    return new WebappGreeting(
        properties.tokenFile(), properties.nodesListFile(), properties.relay().url());
  }

  @Bean
  StatusController statusController(
      WebappMetrics metrics,
      WebRuns runs,
      RootRelay relay,
      JdbcArchive archive,
      HikariDataSource database,
      AuditLog audit,
      Followers webappFollowers,
      HealthController health) {
    metrics.measure(runs, relay, webappFollowers);
    metrics.measure(archive, database, audit);
    return new StatusController(metrics, health.health());
  }

  @Bean
  HealthController healthController(
      Database database,
      AuditLog audit,
      RootRelay relay,
      Fleets fleets,
      Followers webappFollowers) {
    return new HealthController(WebappHealth.of(database, audit, relay, fleets, webappFollowers));
  }

  @Bean
  ApplyPolicyController applyPolicyController(
      Triggers triggers, Fleets fleets, WebappProperties properties, Followers webappFollowers) {
    return new ApplyPolicyController(
        triggers, fleets, properties.relay().runTimeout(), properties.api(), webappFollowers);
  }

  @Bean
  ApiVersions apiVersions(WebappProperties properties) {
    return new ApiVersions(properties.api(), properties.compatibility().status500());
  }

  @Bean
  Triggers triggers(
      WebRuns runs,
      Audit audit,
      Floods floods,
      WebappProperties properties,
      Followers webappFollowers) {
    return new Triggers(
        runs,
        audit,
        floods,
        new RateLimit(properties.security().triggersPerMinute(), InstantSource.system()),
        webappFollowers);
  }

  @Bean
  RunsController runsController(
      WebRuns runs, Fleets fleets, WebappProperties properties, Followers webappFollowers) {
    return new RunsController(runs, fleets, properties.api(), webappFollowers);
  }

  @Bean
  ChangeRunsController changeRunsController(
      WebRuns runs, Fleets fleets, Triggers triggers, Audit audit, WebappProperties properties) {
    return new ChangeRunsController(
        runs, fleets, triggers, audit, properties.api(), properties.relay().runTimeout());
  }

  @Bean
  Groups groups(Database database) {
    return new DatabaseGroups(database);
  }

  @Bean
  GroupsController groupsController(Groups groups, Fleets fleets, Audit audit) {
    return new GroupsController(groups, fleets, audit);
  }

  @Bean
  Fleets fleets(WebappProperties properties, Groups groups) {
    return new Fleets(
        properties.nodesListFile(), Optional.ofNullable(properties.nodePropertiesFile()), groups);
  }

  @Bean
  PageController pageController(WebappProperties properties) {
    return new PageController(properties.traces().sample());
  }

  @Bean
  NodesController nodesController(Fleets fleets, WebRuns runs) {
    return new NodesController(fleets, runs);
  }

  @Bean
  OwnAccountController ownAccountController() {
    return new OwnAccountController();
  }

  @Bean
  ChecksController checksController(
      RootRelay relay, Fleets fleets, Audit audit, Floods floods, WebappProperties properties) {
    return new ChecksController(
        relay,
        fleets,
        audit,
        floods,
        new RateLimit(properties.security().triggersPerMinute(), InstantSource.system()));
  }

  @Bean
  ApiErrors apiErrors(WebappProperties properties) {
    return new ApiErrors(properties.compatibility().status500());
  }
}
