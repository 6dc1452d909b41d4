using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Supervision;

/// <summary>Real processes that depend on each other, fork away, or never start.</summary>
public sealed class DependencyTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private void Define(string name, string shell, params string[] requires) => _machine.Define(name, ["/bin/sh", "-c", shell], d =>
        d["requires"] = new JsonArray([.. requires.Select(r => (JsonNode)r)]));

    private void Oneshot(string name, string shell, params string[] requires) => _machine.Define(name, ["/bin/sh", "-c", shell], d =>
    {
        d["kind"] = "Oneshot";
        d["requires"] = new JsonArray([.. requires.Select(r => (JsonNode)r)]);
    });

    private static string Daemon(string name) => $"trap 'echo bye {name}; exit 0' TERM; echo hello {name}; while :; do sleep 1000 & wait; done";

    private IEnumerable<string> Said(string word) => _machine.Init.Output.Split('\n').Where(l => l.Contains(word, StringComparison.Ordinal));

    [Fact]
    public void A_chain_of_oneshots_runs_link_by_link_and_then_the_daemon()
    {
        Define("daemon", "echo did daemon; exec sleep 1000", "second");
        Oneshot("second", "echo did second", "first");
        Oneshot("first", "sleep 0.3; echo did first");

        _machine.UntilState("daemon", "ready");
        _machine.Init.WaitForOutput(l => l == "daemon: did daemon");

        Assert.Equal(["first: did first", "second: did second", "daemon: did daemon"], Said(": did "));
        Assert.Equal(("completed", 0, "exit 0"), (_machine.State("first"), _machine.Pid("first"), _machine.LastExit("first")));
        Assert.Equal(0, _machine.Init.Meduza("status", "second").ExitCode);
    }

    [Fact]
    public void A_oneshot_that_fails_is_tried_again_and_holds_its_dependant_until_it_is_done()
    {
        Oneshot("first", "mkdir /tmp/tried 2>/dev/null && exit 3; echo did first");
        Define("daemon", "exec sleep 1000", "first");

        _machine.UntilState("daemon", "ready");

        Assert.Equal(("completed", 1), (_machine.State("first"), (int)_machine.Status("first")["restarts"]!));
    }

    [Fact]
    public void A_stop_ends_the_dependants_first_and_a_start_of_the_last_brings_all_back()
    {
        Define("base", Daemon("base"));
        Define("middle", Daemon("middle"), "base");
        Define("top", Daemon("top"), "middle");
        foreach (var name in (string[])["base", "middle", "top"])
            _machine.Init.WaitForOutput(l => l == $"{name}: hello {name}");

        Assert.Equal(0, _machine.Init.Meduza("stop", "base").ExitCode);

        Assert.Equal(["top: bye top", "middle: bye middle", "base: bye base"], Said("bye"));
        var status = _machine.Init.Meduza("status", "top");
        Assert.Equal(3, status.ExitCode);
        Assert.Contains("middle (waiting)", status.Output, StringComparison.Ordinal);
        Assert.Equal(0, _machine.Init.Meduza("start", "top").ExitCode);
        Assert.All((string[])["base", "middle", "top"], name => Assert.Equal("ready", _machine.State(name)));
    }

    [Fact]
    public void A_dependant_is_started_anew_after_a_crash_and_one_that_copes_goes_on()
    {
        Define("base", "exec sleep 1000");
        Define("top", "exec sleep 1001", "base");
        _machine.Define("copes", ["/bin/sleep", "1002"], d => (d["requires"], d["when_required_restarts"]) = (new JsonArray("base"), "Tell"));
        Machine.Until(() => _machine.Status().Values.All(s => (string)s["state"]! == "ready"), "readiness of all");
        var (top, copes) = (_machine.Pid("top"), _machine.Pid("copes"));

        Linux.Process.Signals.Send(_machine.HostPid(_machine.Pid("base")), 9);
        Machine.Until(() => _machine.State("top") == "ready" && _machine.Pid("top") != top, "new dependant");

        Assert.Equal((copes, "ready"), (_machine.Pid("copes"), _machine.State("copes")));
        Assert.Equal("signal 15 (SIGTERM)", _machine.LastExit("top"));
    }

    [Fact]
    public void Requirements_in_a_circle_are_refused()
    {
        Define("a", "exec sleep 1000", "b");

        var refused = Assert.Throws<LabException>(() => Define("b", "exec sleep 1000", "a"));

        Assert.Contains("b → a → b", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_daemon_that_forks_into_the_background_ends_for_its_supervisor_and_leaves_nothing_behind()
    {
        _machine.Define("forks", "(setsid sh -c 'setsid sleep 1111 & exec sleep 1112' &); exit 0");

        Machine.Until(() => (int)_machine.Status("forks")["restarts"]! >= 2, "second restart");

        Assert.Equal("exit 0", _machine.LastExit("forks"));
        Assert.InRange(_machine.Running("sleep 1111").Count, 0, 1); // never two generations side by side
        _machine.Init.Meduza("stop", "forks");
        Machine.Until(() => !_machine.Init.Processes().Any(p => p.Name == "sleep"), "end of all of it");
    }

    [Fact]
    public void Timers_do_not_fire_when_their_reason_is_gone()
    {
        _machine.Define("limit", ["/bin/sh", "-c", "exec sleep 1000"], d => d["stop_timeout_milliseconds"] = 700);
        _machine.Define("start", ["/bin/sh", "-c", "exec sleep 1000"], d => d["start_timeout_milliseconds"] = 5000);
        _machine.Define("retry", ["/bin/false"]);
        Machine.Until(() => _machine.LastExit("retry") is not null, "failure");
        _machine.UntilState("start", "ready");
        Assert.Equal(0, _machine.Init.Meduza("stop", "retry").ExitCode);
        Assert.Equal(0, _machine.Init.Meduza("restart", "limit").ExitCode);
        var before = (_machine.Pid("limit"), _machine.Pid("start"), (int)_machine.Status("retry")["restarts"]!);

        Thread.Sleep(6000); // longer than the stop limit, the start time-out and every early retry

        Assert.Equal(before, (_machine.Pid("limit"), _machine.Pid("start"), (int)_machine.Status("retry")["restarts"]!));
        Assert.Equal(("ready", "ready", "down"), (_machine.State("limit"), _machine.State("start"), _machine.State("retry")));
    }

    [Fact]
    public void A_program_that_is_missing_or_not_executable_backs_off_from_the_first()
    {
        var began = Environment.TickCount64;
        _machine.Init.Run("sh", "-c", "echo x > /tmp/plain");
        _machine.Define("missing", ["/no/such/program"]);
        _machine.Define("plain", ["/tmp/plain"]);

        foreach (var name in (string[])["missing", "plain"])
            Machine.Until(() => (int)_machine.Status(name)["restarts"]! >= 3, $"third restart of {name}");

        // 0.5 s, 1 s and 2 s at least.
        Assert.InRange(Environment.TickCount64 - began, 3500, long.MaxValue);
    }
}
