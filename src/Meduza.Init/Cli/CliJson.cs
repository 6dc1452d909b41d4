using Meduza.Gateway.Generate;
using Meduza.Init.Cli.Commits;
using Meduza.Init.Cli.Doctor;
using Meduza.Init.Cli.Offline;
using Meduza.Init.Cli.Plans;
using Meduza.Init.Cli.Rollbacks;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary>The JSON that the command line prints, by the naming of the control socket.</summary>
[RecordJson(
    typeof(StatusDocument), typeof(ServiceRow), typeof(ServiceStatus), typeof(VersionDocument), typeof(LogLine), typeof(KeysImportDocument), typeof(SchemaDocument),
    typeof(StateDocument), typeof(LintDocument), typeof(GeneratorOutput), typeof(DoctorDocument),
    typeof(PlanDocument), typeof(CommitDocument), typeof(RollbackDocument), typeof(AppliedDocument), WriteOnly = true)]
internal static partial class CliJson;
