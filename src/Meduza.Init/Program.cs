using Meduza.Init.Agent;
using Meduza.Init.Cli;
using Meduza.Init.Supervise;
using Meduza.Init.Supervise.Boot.Native;
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
        _ when SupervisorC.supervisor_is_this() != 0 => InitProgram.Run(),
        _ => CommandLine.Run(args),
    };

    private static int RunAgent()
    {
        OwnProcess.SetName("meduza-agent");
        return AgentProgram.Run();
    }
}
