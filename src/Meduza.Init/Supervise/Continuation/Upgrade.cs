using Meduza.Linux;
using Meduza.Linux.Events;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>
/// From the wish that PID 1 goes on as a program to the moment before its execution: the file is looked at, and run as a
/// child on the present state. Any no on that way leaves everything as it is.
/// </summary>
/// <param name="own">The program that runs.</param>
/// <param name="state">The file with the state of now, written anew.</param>
internal sealed class Upgrade(EventLoop loop, Descriptor own, Func<Descriptor> state)
{
    private Trial? _trial;

    /// <summary>Looks at a program and tries it.</summary>
    /// <param name="path">Of the file; null for the program that runs.</param>
    /// <param name="refused">Told why it must not be.</param>
    /// <param name="accepted">Told, in a later turn, that nothing speaks against it: which file, and the version that it says.</param>
    public void Begin(string? path, Action<string> refused, Action<Descriptor, string> accepted)
    {
        if (_trial is not null)
        {
            refused("another upgrade is under way: wait for it");
            return;
        }
        Descriptor? file = null;
        try
        {
            file = path is null ? null : Candidate.Open(path, own);
            _trial = new(loop, file ?? own, state(), (word, problem) =>
            {
                _trial = null;
                if (problem is null)
                {
                    accepted(file ?? own, word!.Version);
                    return;
                }
                file?.Dispose();
                refused($"{path ?? "the program that runs"} {problem}");
            });
        }
        catch (Exception e) when (e is InvalidDataException or LinuxException)
        {
            file?.Dispose();
            refused(e is LinuxException ? $"{path ?? "the program that runs"} cannot be tried: {e.Message}" : e.Message);
        }
    }

    /// <summary>An exit was collected.</summary>
    public void Exited(Exit exit)
    {
        if (_trial?.Pid == exit.Pid)
            _trial.Exited(exit);
    }
}
