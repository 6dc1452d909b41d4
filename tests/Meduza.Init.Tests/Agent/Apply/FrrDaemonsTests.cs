using System.Collections.Immutable;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Agent.Apply;

public sealed class FrrDaemonsTests : IDisposable
{
    private const string Show = "show running-config";
    private const string Old = "hostname gw\nip prefix-list L seq 5 permit 10.0.0.0/8\n";
    private const string New = "hostname gw\nip prefix-list L seq 5 permit 10.0.0.0/8\nip prefix-list L seq 10 deny 10.1.0.0/16\nip prefix-list L seq 15 deny 10.2.0.0/16\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-frr-").FullName;
    private readonly VtyDaemon _daemon;
    private readonly FrrDaemons _daemons;
    private readonly List<string> _running = [.. Old.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>A line that it refuses, and one that it takes and forgets.</summary>
    private string? _refused, _ignored;

    public FrrDaemonsTests() => (_daemon, _daemons) = (new(Path.Combine(_folder, "bgpd.vty"), Answer), new(_folder));

    public void Dispose()
    {
        _daemon.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private (int, string) Answer(string command)
    {
        if (command == Show)
            return (0, "frr version 8.4.4\n!\n" + string.Join('\n', _running) + "\n!\nend\n");
        if (command == _refused)
            return (13, "% Not\n  today\n");
        if (command.StartsWith("no ", StringComparison.Ordinal))
            _running.Remove(command[3..]);
        else if (command.StartsWith("ip ", StringComparison.Ordinal) && command != _ignored)
            _running.Add(command);
        return (0, "");
    }

    private ObservedFrr Look(string desired, long startedAt = 1, int? pid = null) => _daemons.Look(
        new FrrDaemonConfig("bgpd", desired),
        new ServiceStatus { Name = "bgpd", Component = "frr", Definition = new() { Name = "bgpd", Component = "frr", Command = ["bgpd"] }, State = ServiceStates.Ready, Pid = pid ?? Environment.ProcessId, StartedAt = startedAt });

    private void Tell(string from, string to) => _daemons.Tell(new("bgpd", FrrDelta.Compute(from, to), to));

    [Fact]
    public void A_process_is_read_once_and_again_when_it_is_another_or_all_is_forgotten()
    {
        Assert.Same(Old, Look(Old).Config);
        Assert.Equal([Show], _daemon.TakeHeard());
        Assert.Equal(Old, Look(New).Config);
        Assert.Empty(_daemon.TakeHeard());

        Look(Old, startedAt: 2);
        Assert.Equal([Show], _daemon.TakeHeard());
        _daemons.Forget();
        Look(Old, startedAt: 2);
        Assert.Equal([Show], _daemon.TakeHeard());
    }

    [Fact]
    public void What_is_read_of_a_process_that_is_not_the_one_in_question_is_not_remembered()
    {
        Look(Old, pid: Environment.ProcessId + 1);
        _daemon.TakeHeard();
        Look(Old, pid: Environment.ProcessId + 1);
        Assert.Equal([Show], _daemon.TakeHeard());
    }

    [Fact]
    public void What_is_told_is_read_back_once_and_known_from_then_on()
    {
        Look(New);
        _daemon.TakeHeard();

        Tell(Old, New);

        Assert.Equal(["ip prefix-list L seq 10 deny 10.1.0.0/16", "ip prefix-list L seq 15 deny 10.2.0.0/16", Show], _daemon.TakeHeard());
        Assert.Same(New, Look(New).Config);
        Assert.Empty(_daemon.TakeHeard());
    }

    [Fact]
    public void Line_that_somebody_else_gave_is_seen_at_the_next_look_after_all_was_forgotten()
    {
        Look(Old);
        _running.Add("ip prefix-list L seq 1 permit any");
        Assert.Same(Old, Look(Old).Config);

        _daemons.Forget();
        var drifted = Look(Old).Config;
        Assert.Equal("it has 'ip prefix-list L seq 1 permit any' too", FrrReadback.Difference(drifted, Old));

        Tell(drifted, Old);
        Assert.Same(Old, Look(Old).Config);
    }

    [Fact]
    public void At_a_refused_line_what_was_taken_before_it_is_taken_back_and_the_daemons_words_are_told()
    {
        Look(New);
        _daemon.TakeHeard();
        _refused = "ip prefix-list L seq 15 deny 10.2.0.0/16";

        var refusal = Assert.Throws<FrrException>(() => Tell(Old, New));

        Assert.True(refusal.IsRefusal);
        Assert.Equal("bgpd refused 'ip prefix-list L seq 15 deny 10.2.0.0/16': % Not; today; it goes on with what it had", refusal.Message);
        Assert.Equal(
            ["ip prefix-list L seq 10 deny 10.1.0.0/16", _refused, Show, "no ip prefix-list L seq 10 deny 10.1.0.0/16", Show], _daemon.TakeHeard());
        Assert.Equal(Old.Split('\n', StringSplitOptions.RemoveEmptyEntries), _running);
        Assert.Equal(Old, Look(Old).Config);
        Assert.Empty(_daemon.TakeHeard());
    }

    [Fact]
    public void Line_that_was_taken_and_is_not_there_is_named_and_told_again_at_the_next_look()
    {
        Look(New);
        _ignored = "ip prefix-list L seq 10 deny 10.1.0.0/16";

        var difference = Assert.Throws<FrrException>(() => Tell(Old, New));

        Assert.False(difference.IsRefusal);
        Assert.Contains($"it lacks '{_ignored}'", difference.Message, StringComparison.Ordinal);
        var running = Look(New).Config;
        Assert.Equal([_ignored], FrrDelta.Compute(running, New).Select(command => command.Line));
        _ignored = null;
        Tell(running, New);
        Assert.Same(New, Look(New).Config);
    }

    [Fact]
    public void Daemon_that_does_not_answer_is_told_nothing()
    {
        _daemon.Dispose();

        var problem = Look(Old).Problem;

        Assert.StartsWith("bgpd does not say what it runs: ", problem, StringComparison.Ordinal);
        var change = new FrrChange("bgpd", ImmutableArray<FrrCommand>.Empty, Old) { Problem = problem };
        Assert.Equal(problem, Assert.Throws<FrrException>(() => _daemons.Tell(change)).Message);
    }
}
