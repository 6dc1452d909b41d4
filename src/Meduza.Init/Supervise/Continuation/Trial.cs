using System.Text.Json;
using Meduza.Linux;
using Meduza.Linux.Events;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>
/// A program run as a child, before it is made PID 1: what cannot even do that must not become it. It gets the state, and
/// is to say that it understands it (<see cref="TrialProgram"/>).
/// </summary>
internal sealed unsafe class Trial
{
    private const int ProgramDescriptor = 4;
    private const int LongestWord = 4096;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Descriptor _output;
    private readonly Watch _watch;
    private readonly LoopTimer _limit;
    private readonly Action<TrialWord?, string?> _done;
    private readonly List<byte> _said = [];
    private bool _late;

    /// <param name="done">Called once, in a later turn: what the program said, or why it must not be.</param>
    /// <exception cref="LinuxException">It cannot be executed, or no process, memory or descriptor is left.</exception>
    public Trial(EventLoop loop, Descriptor program, Descriptor state, Action<TrialWord?, string?> done)
    {
        _done = done;
        (_output, var write) = Descriptor.Pipe();
        try
        {
            using (write)
            {
                // The reader alone: a program may be surprised by an output that does not block.
                if (fcntl(_output.Number, F_SETFL, O_NONBLOCK) < 0)
                    throw LinuxException.Last("fcntl", "trial");
                Pid = Spawn.Run(new($"/proc/self/fd/{ProgramDescriptor}", ["meduza-init", TrialProgram.Verb])
                {
                    Environment = [],
                    Output = write,
                    Passed = [state, program],
                });
            }
            _watch = loop.Watch(_output, Ready.Read, _ => Read());
        }
        catch
        {
            if (Pid > 0)
                Signals.Send(-Pid, SIGKILL);
            _output.Dispose();
            throw;
        }
        _limit = loop.Timers.Create(AtLimit);
        _limit.Start(Limit);
    }

    public int Pid { get; }

    /// <summary>It ended and was collected.</summary>
    public void Exited(Exit exit)
    {
        Read();
        Close();
        if (_late)
            _done(null, $"did not answer within {Limit.TotalSeconds:0} s");
        else if (exit.Signal != 0 || exit.Code != 0)
            _done(null, $"cannot go on: tried as a child, it ended with {exit}");
        else if (Word() is not { } word)
            _done(null, "is no meduza-init that can go on: tried as a child, it did not say its version");
        else if (word.Problem is { } problem)
            _done(word, $"is version {word.Version}, which cannot go on: {problem}");
        else
            _done(word, null);
    }

    private void Close()
    {
        _limit.Stop();
        _watch.Dispose();
        _output.Dispose();
    }

    private void AtLimit()
    {
        _late = true;
        Signals.Send(-Pid, SIGKILL);
    }

    private void Read()
    {
        var buffer = stackalloc byte[LongestWord];
        long length = -1;
        while (_output.Number >= 0 && _said.Count < LongestWord && (length = (long)read(_output.Number, buffer, LongestWord)) > 0)
            _said.AddRange(new ReadOnlySpan<byte>(buffer, (int)length));
        // At its end, or where it says more than anybody asked for, it is no longer listened to; its exit is still to come.
        if (length == 0 || _said.Count >= LongestWord)
            _watch.Dispose();
    }

    private TrialWord? Word()
    {
        try
        {
            return JsonText.Parse([.. _said], KeptJson.ReadTrialWord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
