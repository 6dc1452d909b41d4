using System.Globalization;
using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Supervision.Continuation;

/// <summary>PID 1 executes itself anew, again and again, with services that write, fail, stop and rest.</summary>
public sealed class InPlaceTests : IDisposable
{
    /// <summary>Numbered lines, each written in two halves.</summary>
    private const string Writer = "i=0; while :; do n=0; while [ $n -lt 20 ]; do i=$((i+1)); n=$((n+1)); printf 'line %d' $i; printf ' end\\n'; done; sleep 0.02; done";

    private const int Times = 50;
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Fifty_times_in_place_restart_nothing_and_lose_no_line()
    {
        string[] writers = ["w1", "w2", "w3"];
        foreach (var name in writers)
            _machine.Define(name, Writer);
        _machine.Define("rests", ["/bin/sleep", "1000"]);
        _machine.Define("stubborn", ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 1000; done"], d => d["stop_timeout_milliseconds"] = 600_000);
        _machine.Define("late", ["/bin/sh", "-c", "trap 'exec sleep 1' TERM; while :; do sleep 1000 & wait; done"]);
        _machine.Define("fails", ["/no/such/program"]);
        _machine.UntilState("agent", "ready");
        _machine.UntilState("fails", "failing");
        foreach (var name in (string[])[.. writers, "rests", "stubborn", "late"])
            _machine.UntilState(name, "ready");
        _machine.Ask(new() { ["verb"] = "stop", ["services"] = new JsonArray("rests") });
        _machine.Ask(new() { ["verb"] = "stop", ["services"] = new JsonArray("stubborn"), ["timeout_milliseconds"] = 0 });
        var latePid = _machine.Pid("late");
        _machine.Ask(new() { ["verb"] = "restart", ["services"] = new JsonArray("late"), ["timeout_milliseconds"] = 0 });
        using var follower = _machine.Init.StartInside("/usr/bin/meduza", "logs", "-f", "-n", "0", "w1");
        Machine.Until(() => follower.Text.Contains('\n', StringComparison.Ordinal), "the follower shows a line");

        // The first one has what the first image alone has behind it.
        _machine.GoOnAs();
        var before = _machine.Status();
        var descriptors = Descriptors();
        var memory = Anonymous();
        for (var i = 1; i < Times; i++)
            _machine.GoOnAs();

        var after = _machine.Status();
        string[] untouched = [.. writers, "stubborn", "agent"];
        Assert.All(untouched, name => Assert.Equal((int)before[name]["pid"]!, (int)after[name]["pid"]!));
        Assert.All(untouched, name => Assert.Equal(0, (int)after[name]["restarts"]!));
        Assert.Equal("stopping", (string)after["stubborn"]["state"]!);
        Assert.Equal("down", (string)after["rests"]["state"]!);
        _machine.UntilState("fails", "failing"); // between two of its tries it is, and it is tried on
        _machine.UntilState("late", "ready");
        Assert.NotEqual(latePid, _machine.Pid("late"));
        Assert.Equal(Times, (int)_machine.Self()["continued"]!);
        // The agent and the follower may not have been connected again when they were first counted. What an image left
        // open would be there as often as there were images.
        Machine.Until(() => Descriptors() <= descriptors + 2, "number of descriptors as it was");
        Assert.InRange(Anonymous(), 0, memory + 2048);

        _machine.Ask(new() { ["verb"] = "stop", ["services"] = new JsonArray([.. writers.Select(w => (JsonNode)w)]) });
        foreach (var name in writers)
        {
            var lines = File.ReadAllLines($"{_machine.Init.Root}/var/log/{name}.out.log");
            AssertNumbered(lines[..^1], 1);
            // The signal to end may have come between the two halves of a line.
            Assert.StartsWith(lines[^1], $"line {lines.Length} end", StringComparison.Ordinal);
        }
        var text = follower.Text; // its last line may be one that is just being written
        var followed = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[(l.IndexOf("line ", StringComparison.Ordinal))..]).ToArray();
        Assert.True(followed.Length > 1000, $"{followed.Length} lines were followed");
        AssertNumbered(followed, int.Parse(followed[0].Split(' ')[1], CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_service_that_just_starts_is_not_started_twice()
    {
        for (var i = 0; i < 20; i++)
        {
            var name = $"s{i}";
            _machine.Define(name, ["/bin/sh", "-c", $"echo begun {name}; touch /tmp/{name}; exec sleep 1000"], d =>
                d["readiness"] = new JsonObject { ["kind"] = "File", ["target"] = $"/tmp/{name}" });
            _machine.GoOnAs();
        }
        for (var i = 0; i < 20; i++)
            _machine.UntilState($"s{i}", "ready");

        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(0, (int)_machine.Status($"s{i}")["restarts"]!));
        Assert.All(Enumerable.Range(0, 20), i => Assert.Single(_machine.Init.Output.Split('\n'), $"s{i}: begun s{i}"));
        Assert.Equal(20, _machine.Running("sleep 1000").Count);
    }

    [Fact]
    public void Exit_statuses_of_the_moment_between_two_images_are_all_seen()
    {
        for (var i = 0; i < 100; i++)
            _machine.Define($"s{i}", $"sleep 0.{i % 10}; exit {100 + i}");
        for (var i = 0; i < 5; i++)
            _machine.GoOnAs();

        Machine.Until(() => _machine.Status().Values.All(s => (string)s["name"]! == "agent" || s["last_exit"] is not null), "exit of all");

        var status = _machine.Status();
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal($"exit {100 + i}", (string?)status[$"s{i}"]["last_exit"]));
    }

    [Fact]
    public void One_that_is_to_be_killed_at_its_limit_is_killed_by_the_next_image()
    {
        _machine.Define("stubborn", ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1000; done"], d => d["stop_timeout_milliseconds"] = 3000);
        _machine.Init.WaitForOutput(l => l == "stubborn: up");
        _machine.Ask(new() { ["verb"] = "stop", ["services"] = new JsonArray("stubborn"), ["timeout_milliseconds"] = 0 });

        _machine.GoOnAs();

        _machine.UntilState("stubborn", "down");
        Assert.Equal("signal 9 (SIGKILL)", _machine.LastExit("stubborn"));
    }

    [Fact]
    public void Who_waits_for_a_service_is_told_to_ask_again_and_a_shutdown_is_not_interrupted()
    {
        _machine.Define("never", ["/bin/sleep", "1000"], d => d["readiness"] = new JsonObject { ["kind"] = "File", ["target"] = "/tmp/never" });
        using var waiting = new ControlPeer(_machine.Init.ControlSocket);
        waiting.Send(new() { ["verb"] = "start", ["services"] = new JsonArray("never") });
        _machine.State("never"); // answered behind it

        _machine.GoOnAs();

        Assert.Contains("ask again", (string)waiting.Receive()["error"]!, StringComparison.Ordinal);
        _machine.Define("stubborn", ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1000; done"]);
        _machine.Init.WaitForOutput(l => l == "stubborn: up");
        _machine.Init.Signal(15);
        _machine.Init.WaitForOutput(l => l == "meduza-init: stopping on SIGTERM");
        Assert.Contains("shutting down", Assert.Throws<LabException>(() => _machine.Ask(new() { ["verb"] = "upgrade" })).Message, StringComparison.Ordinal);
    }

    private static void AssertNumbered(string[] lines, int first)
    {
        for (var i = 0; i < lines.Length; i++)
            Assert.Equal($"line {first + i} end", lines[i]);
    }

    private int Descriptors() => Directory.GetFiles($"/proc/{_machine.Init.HostPid}/fd").Length;

    /// <summary>Memory of its own, in KB.</summary>
    private int Anonymous() => int.Parse(
        File.ReadLines($"/proc/{_machine.Init.HostPid}/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1],
        CultureInfo.InvariantCulture);
}
