using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Supervision;

/// <summary>What services write, as fast as they can.</summary>
public sealed class LogTests
{
    private const string Flood = "a line of some length that is written over and over again";
    private static readonly string[] Floods = ["flood1", "flood2", "flood3", "flood4"];

    /// <summary>All lines of a log, its old files first.</summary>
    private static List<string> Lines(Machine machine, string log)
    {
        string[] files = [$"{log}.2", $"{log}.1", log];
        return [.. files.Select(f => $"{machine.Init.Root}/var/log/{f}").Where(File.Exists).SelectMany(f => File.ReadAllText(f).TrimEnd('\n').Split('\n'))];
    }

    private static int Sockets(Machine machine) => Directory.GetFiles($"/proc/{machine.Init.HostPid}/fd")
        .Count(file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    private static long Written(Machine machine, string service) => long.Parse(
        File.ReadLines($"/proc/{machine.HostPid(machine.Pid(service))}/io").First(l => l.StartsWith("wchar:", StringComparison.Ordinal))[6..], null);

    [Fact]
    public void Floods_of_many_neither_block_one_another_nor_tear_a_line_nor_grow_memory()
    {
        using var machine = new Machine();
        foreach (var name in Floods)
            machine.Define(name, ["/usr/bin/yes", Flood]);
        bool Turned(string name) => File.Exists($"{machine.Init.Root}/var/log/{name}.out.log.2");
        Machine.Until(() => Floods.All(Turned), "third file of every flood");
        var written = Floods.ToDictionary(f => f, f => Written(machine, f));

        // Each of the others' lines is there, whole and in order, while control requests are answered all the time.
        machine.Define("quiet", "i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo $i says the quiet one; done; echo $i says its other mouth >&2; exec sleep 1000");
        Machine.Until(() => Lines(machine, "quiet.err.log") is ["200 says its other mouth"], "last line of the quiet one");
        Assert.Equal(Enumerable.Range(1, 200).Select(i => $"{i} says the quiet one"), Lines(machine, "quiet.out.log"));
        Machine.Until(() => Floods.All(f => Written(machine, f) > written[f] + 50_000_000), "50 MB more of every flood");

        // Not VmRSS: pages of the program itself, which come and go with what runs, are no memory that a flood takes.
        var own = ProcessMemory.Status(machine.Init.HostPid, "RssAnon");
        Assert.True(own < 10_000, $"PID 1 has {own} KiB of its own after 200 MB and more");
        foreach (var name in Floods)
        {
            machine.Ask(new() { ["verb"] = "stop", ["services"] = new JsonArray(name) });
            var sizes = Directory.GetFiles($"{machine.Init.Root}/var/log", $"{name}.out.log*").Select(f => new FileInfo(f).Length).ToArray();
            Assert.Equal(3, sizes.Length);
            Assert.All(sizes, s => Assert.InRange(s, 0, 5_000_000 + (16 << 10) + (8 << 10)));
            var lines = Lines(machine, $"{name}.out.log");
            // What was cut off when it was killed in the middle of a write is the last line.
            Assert.All(lines[..^1], l => Assert.Equal(Flood, l));
            Assert.StartsWith(lines[^1], Flood, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_who_follows_a_flood_and_does_not_read_is_cut_off_and_the_flood_goes_on()
    {
        using var machine = new Machine();
        machine.Define("flood", ["/usr/bin/yes", Flood]);
        using var follower = new ControlPeer(machine.Init.ControlSocket);
        follower.Ask(new() { ["verb"] = "logs", ["services"] = new JsonArray("flood"), ["follow"] = true });
        // Sockets alone: log files come and go with their rotation. The agent's may be still to come.
        var most = 0;
        Machine.Until(() => Sockets(machine) is var now && now < (most = Math.Max(most, now)), "end of the follower");

        var written = Written(machine, "flood");
        Machine.Until(() => Written(machine, "flood") > written + 10_000_000, "flood that goes on");
        var resident = ProcessMemory.Status(machine.Init.HostPid, "VmRSS");
        Assert.True(resident < 48_000, $"PID 1 has {resident} KiB"); // the follower's 5 MB, and what doubling them left behind
    }
}
