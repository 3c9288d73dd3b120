package io.remoterun.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.channels.NetworkChannel;
import org.springframework.context.annotation.Profile;

/** The walls between the modules (docs/architecture.md), as rules that fail the build. */
@AnalyzeClasses(packages = "io.remoterun", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] ROOT = {"io.remoterun.helper..", "io.remoterun.process.."};

  @ArchTest
  static final ArchRule PROTOCOL_KNOWS_NO_SPRING_AND_NO_ROLE =
      noClasses()
          .that()
          .resideInAPackage("io.remoterun.protocol..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.springframework..",
              "io.remoterun.webapp..",
              "io.remoterun.relay..",
              "io.remoterun.node..",
              "io.remoterun.app..");

  @ArchTest
  static final ArchRule THE_WEBAPP_KNOWS_NO_OTHER_ROLE =
      role("webapp", "io.remoterun.relay..", "io.remoterun.node..");

  @ArchTest
  static final ArchRule THE_RELAY_KNOWS_NO_OTHER_ROLE =
      role("relay", "io.remoterun.webapp..", "io.remoterun.node..");

  @ArchTest
  static final ArchRule THE_NODE_KNOWS_NO_OTHER_ROLE_AND_NO_WEB =
      role(
          "node",
          "io.remoterun.webapp..",
          "io.remoterun.relay..",
          "org.springframework.web..",
          "org.springframework.http..");

  /** They may be root: nothing is in them that is not in their modules or in the JDK. */
  @ArchTest
  static final ArchRule WHAT_STARTS_THE_AGENT_USES_THE_JDK_ONLY_AND_NO_NETWORK =
      classes()
          .that()
          .resideInAnyPackage(ROOT)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.remoterun.helper..",
              "io.remoterun.process..",
              "java.io..",
              "java.lang..",
              "java.nio..",
              "java.time..",
              "java.util..",
              "jdk.net..",
              "org.jspecify.annotations..");

  /** It talks through what systemd or sudo gave it, and asks who is at the other end. */
  @ArchTest
  static final ArchRule WHAT_STARTS_THE_AGENT_OPENS_NO_SOCKET =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT)
          .should()
          .callMethodWhere(
              target(owner(assignableTo(NetworkChannel.class))).and(not(target(name("getOption")))))
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage("java.nio.channels.spi..");

  @ArchTest
  static final ArchRule NOBODY_ELSE_KNOWS_THE_HELPER =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.remoterun.helper..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.remoterun.helper..");

  /** Where nothing is traced nothing of it may be loaded. */
  @ArchTest
  static final ArchRule TWO_CLASSES_KNOW_OPEN_TELEMETRY =
      noClasses()
          .that()
          .haveNameNotMatching("io\\.remoterun\\.operations\\.trace\\.Otel(Tracing|Span)")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.opentelemetry..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("io.remoterun.(**)").should().beFreeOfCycles();

  /**
   * The bytes of the protocol can be tried without a socket only as long as nothing in it opens
   * one.
   */
  @ArchTest
  static final ArchRule THE_CONVERSATIONS_OPEN_NO_SOCKET =
      noClasses()
          .that()
          .resideInAPackage("io.remoterun.protocol.cfengine..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "java.nio.channels..", "io.netty..", "reactor..");

  @ArchTest
  static final ArchRule PROFILES_ARE_LOOKED_AT_ONLY_IN_THE_THREE_ROLE_CONFIGURATIONS =
      classes()
          .that()
          .areAnnotatedWith(Profile.class)
          .should()
          .haveNameMatching(
              "io\\.remoterun\\.(webapp\\.Webapp|relay\\.Relay|node\\.Node)Configuration");

  @ArchTest
  static final ArchRule NO_BEAN_METHOD_LOOKS_AT_A_PROFILE =
      methods().should().notBeAnnotatedWith(Profile.class);

  private static ArchRule role(String name, String... strangers) {
    return noClasses()
        .that()
        .resideInAPackage("io.remoterun." + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(strangers);
  }
}
