using Meduza.Init.Agent;
using Meduza.Init.Cli;
using Meduza.Init.Supervise;
using Meduza.Init.Supervise.Boot.Machine;
using Meduza.Init.Supervise.Continuation;
using Meduza.Linux.Process;

namespace Meduza.Init;

/// <summary>One binary, many parts: which one is said by its first argument, and by the name it was called by.</summary>
internal static class Program
{
    private static int Main(string[] args) => args switch
    {
        [TrialProgram.Verb] => TrialProgram.Run(),
        ["agent", ..] => RunAgent(),
        // A kernel gives its init the words of its command line that it does not know itself.
        _ when FirstRoot.IsHere => InitProgram.Run(),
        [] when Environment.ProcessId == 1 || !IsOperatorsTool => InitProgram.Run(),
        _ => CommandLine.Run(args),
    };

    /// <summary>True under the name <c>meduza</c>.</summary>
    private static bool IsOperatorsTool => Path.GetFileName(Environment.GetCommandLineArgs()[0]) == "meduza";

    private static int RunAgent()
    {
        OwnProcess.SetName("meduza-agent");
        return AgentProgram.Run();
    }
}
