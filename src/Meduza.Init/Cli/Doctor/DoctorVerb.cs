using System.CommandLine;
using Meduza.Init.Agent;

namespace Meduza.Init.Cli.Doctor;

/// <summary><c>meduza doctor [--json]</c>: looks at all that a gateway stands on; each is ok, or what to do. Changes nothing.</summary>
internal sealed class DoctorVerb : Verb
{
    private readonly Option<bool> _json = CommonOptions.Json();

    public DoctorVerb(Session session)
        : base(
            "doctor", "Look at what a gateway needs of this machine, and say what to do about what is missing", session,
            ("meduza doctor", "exit code 3 when there is a problem; a warning is none"),
            ("meduza doctor --json", "for a script"))
        => Add(_json);

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var findings = await LookAsync(cancellation);
        var document = new DoctorDocument(!findings.Exists(finding => finding.Level == Levels.Problem), findings);
        if (arguments.GetValue(_json))
        {
            Session.Output.WriteLine(JsonText.Document(document, CliJson.Write));
        }
        else
        {
            var table = new Columns("PART", "WHAT", "STATE", "DETAIL", "WHAT TO DO");
            foreach (var finding in findings)
                table.Add(finding.Part, finding.Name, new Cell(finding.Level, ToneOf(finding.Level)), finding.Detail, finding.Remedy ?? "");
            Session.Output.Write(table.Text(Session.Colour));
        }
        return document.Ok ? ExitCodes.Done : ExitCodes.NotYet;
    }

    private async Task<List<Finding>> LookAsync(CancellationToken cancellation)
    {
        var hasLocalEtcd = LocalEtcd.IsAskedFor(Session.Variable(EtcdSettings.EndpointsVariable));
        var isPid1Ours = File.Exists("/proc/1/comm") && File.ReadAllText("/proc/1/comm").TrimEnd() == "meduza-init";
        var status = isPid1Ours ? "/proc/1/status" : "/proc/self/status";
        return
        [
            .. KernelProbes.Probe(),
            .. ProgramProbes.All(hasLocalEtcd).Select(ProgramProbes.Probe),
            .. await EtcdProbe.ProbeAsync(Session, cancellation),
            MachineProbes.Clock(Session.Time),
            .. FileProbes.Probe(Session, Session.SocketPath),
            .. MachineProbes.Privileges(File.Exists(status) ? File.ReadAllText(status) : "", isPid1Ours ? "PID 1" : "this process"),
            MachineProbes.Settings(),
            .. MachineProbes.Rooms("/data", Session.LogFolder),
        ];
    }

    private static Tone ToneOf(string level) => level switch
    {
        Levels.Ok => Tone.Good,
        Levels.Warning => Tone.Pending,
        _ => Tone.Bad,
    };
}
