package io.remoterun.cli;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.FileProblem;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.docs.CompletionCommand;
import io.remoterun.cli.docs.ManCommand;
import io.remoterun.cli.doctor.DoctorCommand;
import io.remoterun.cli.format.FormatCommand;
import io.remoterun.cli.keys.KeysCommand;
import io.remoterun.cli.login.LoginCommand;
import io.remoterun.cli.runs.AuditCommand;
import io.remoterun.cli.runs.CancelCommand;
import io.remoterun.cli.runs.FollowCommand;
import io.remoterun.cli.runs.NodesCommand;
import io.remoterun.cli.runs.RetryCommand;
import io.remoterun.cli.runs.RudderCommand;
import io.remoterun.cli.runs.RunsCommand;
import io.remoterun.cli.runs.ShowCommand;
import io.remoterun.cli.runs.TriggerCommand;
import io.remoterun.protocol.BuildVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** All commands, and what is the same for each of them. */
final class Commands {
  private static final int COLUMNS = 80;

  private Commands() {}

  @Command(
      name = "remote-run",
      description = "Trigger the configuration agent on machines of a Rudder fleet, and watch it.",
      versionProvider = Version.class,
      footer = {
        "",
        "On servers and nodes:",
        "  webapp, relay, node   run these roles: remote-run ROLE[,ROLE...] CONFIG.yml...",
        "  status                how the node on this machine is",
        "  demo                  a whole fleet on this machine, to try it",
        "",
        "Exit status: 0 all is well, 1 some agent could not run or something failed,",
        "2 (with -e) some policy had an error, 3 (with -E) something is not compliant,",
        "64 the command line makes no sense."
      })
  static final class Top {
    @Option(
        names = {"-V", "--version"},
        versionHelp = true,
        description = "Tell the version.")
    boolean version;
  }

  /** What each command has. */
  static final class Help {
    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Tell how this is used.")
    boolean help;
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"remote-run " + BuildVersion.full()};
    }
  }

  static CommandLine of(Shell shell) {
    CommandLine commands =
        new CommandLine(new Top())
            .addSubcommand(new TriggerCommand(shell))
            .addSubcommand(new FollowCommand(shell))
            .addSubcommand(new RunsCommand(shell))
            .addSubcommand(new ShowCommand(shell))
            .addSubcommand(new CancelCommand(shell))
            .addSubcommand(new RetryCommand(shell))
            .addSubcommand(new NodesCommand(shell))
            .addSubcommand(new AuditCommand(shell))
            .addSubcommand(new DoctorCommand(shell))
            .addSubcommand(new LoginCommand(shell))
            .addSubcommand(new KeysCommand(shell))
            .addSubcommand(new FormatCommand(shell))
            .addSubcommand(new RudderCommand(shell))
            .addSubcommand(new CompletionCommand(shell))
            .addSubcommand(new ManCommand(shell))
            .addSubcommand(new HelpCommand());
    commands.addMixin("help", new Help());
    commands.getSubcommands().forEach((name, command) -> addHelp(name, command));
    return commands
        .setOut(writer(shell.out()))
        .setErr(shell.problems().writer())
        .setUsageHelpWidth(COLUMNS)
        .setAbbreviatedOptionsAllowed(false)
        .setParameterExceptionHandler((error, arguments) -> wrongUse(error, shell))
        .setExecutionExceptionHandler((error, command, parsed) -> failed(error, shell));
  }

  private static void addHelp(String name, CommandLine command) {
    if (!name.equals("help")) {
      command.addMixin("help", new Help());
      command.getSubcommands().forEach(Commands::addHelp);
    }
  }

  private static PrintWriter writer(OutputStream out) {
    return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
  }

  private static int wrongUse(ParameterException error, Shell shell) {
    CommandLine command = error.getCommandLine();
    shell.problems().say("remote-run: " + WrongUse.words(error));
    shell.problems().say("See " + command.getCommandSpec().qualifiedName() + " --help");
    return Exit.USAGE;
  }

  private static int failed(Exception error, Shell shell) throws Exception {
    return switch (error) {
      case Failure failure -> {
        shell.problems().say("remote-run: " + failure.getMessage());
        yield failure.exit();
      }
      case IOException gone when "Broken pipe".equals(gone.getMessage()) -> Exit.NO_READER;
      case IOException e -> {
        shell.problems().say("remote-run: " + FileProblem.named(e));
        yield Exit.FAILED;
      }
      default -> throw error;
    };
  }
}
