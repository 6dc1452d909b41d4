using System.Text.Json;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Store;

/// <summary>One machine as a whole system: the gateway, and the etcd that it runs itself.</summary>
public sealed class LocalEtcdTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("meduza-data-").FullName;

    // As a mounted volume is: etcd's user must come through.
    public LocalEtcdTests() => File.SetUnixFileMode(
        _data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void One_command_is_a_whole_system_that_comes_back_with_its_keys()
    {
        using (var init = Start())
        {
            Etcdctl(init, "put", "/nodes/gw/lan", "10.1.0.0/24");
            Etcdctl(init, "put", "/nodes/gw/dnsmasq/enable", "true");
            Etcdctl(init, "put", "/commit", "first");
            Applied(init, "first");
            init.WaitUntil(() => init.Meduza("status", "--quiet").ExitCode == 0, "everything is up");
            IsItsUsersAlone();
            ListensOnLoopbackAlone(init);

            var before = Pids(init);
            Signals.Send(HostPid(init, before["etcd"]), 9);
            init.WaitUntil(() => Pids(init) is var now && now["etcd"] != before["etcd"] && now["etcd"] != 0, "etcd is started again");
            Etcdctl(init, "put", "/commit", "second");
            Applied(init, "second");
            Assert.Equal(before.Where(p => p.Key != "etcd"), Pids(init).Where(p => p.Key != "etcd"));

            // An operator in there needs no address: the tool takes PID 1's own.
            var export = init.Meduza("keys", "export");
            Assert.Equal("/nodes/gw/dnsmasq/enable: \"true\"\n/nodes/gw/lan: \"10.1.0.0/24\"\n", export.Output);

            Assert.Equal(0, init.Stop().ShellCode);
            // etcd was there until the agent had gone.
            var end = init.Output[init.Output.IndexOf("stopping on SIGTERM", StringComparison.Ordinal)..];
            Assert.DoesNotContain("trying again", end, StringComparison.Ordinal);
        }

        using var again = Start();
        Applied(again, "second");
        Assert.Equal("10.1.0.0/24", Etcdctl(again, "get", "/nodes/gw/lan", "--print-value-only").Trim());
        // Its last status was written: the lease that says "online" was given up, not left to run out.
        Assert.Equal(1, Etcdctl(again, "get", "/updated/gw/online", "--keys-only").Split('\n').Count(l => l.Length > 0));
    }

    [Fact]
    public void Without_the_program_one_line_says_what_to_install()
    {
        using var init = Start("rm -f /usr/bin/etcd");
        init.WaitForOutput(l => l.StartsWith("meduza-init: ", StringComparison.Ordinal) && l.Contains("there is no etcd on this machine: install", StringComparison.Ordinal));
        init.WaitForOutput(l => l.StartsWith("agent: ", StringComparison.Ordinal) && l.Contains("there is no etcd on this machine: install", StringComparison.Ordinal));
        var status = init.WaitFor(
            () => init.Meduza("status") is var s && s.Output.Contains("there is no etcd on this machine: install", StringComparison.Ordinal) ? s : null, "status says it");
        Assert.Equal(3, status.ExitCode);
        Assert.False(init.HasExited);
    }

    [Fact]
    public void Damaged_data_are_told_in_etcds_own_words_and_never_touched()
    {
        var damaged = Path.Combine(_data, "etcd/member/snap/db");
        Directory.CreateDirectory(Path.GetDirectoryName(damaged)!);
        Directory.CreateDirectory(Path.Combine(_data, "etcd/member/wal"));
        File.WriteAllText(damaged, new string('x', 100_000));
        using var init = Start();
        init.WaitForOutput(l => l.StartsWith("etcd: ", StringComparison.Ordinal) && l.Contains("panic", StringComparison.OrdinalIgnoreCase));
        init.WaitUntil(
            () => Service(init, "etcd") is { } etcd && etcd.GetProperty("restarts").GetInt32() > 0, "it is tried again");
        Assert.False(init.HasExited);
        Assert.Equal(new string('x', 100_000), File.ReadAllText(damaged));
    }

    private PidOne Start(string prepare = "") => PidOne.Start(new()
    {
        Name = "gw",
        Environment = ["NODE_ID=gw", "ETCD_ENDPOINTS=local"],
        Data = _data,
        Prepare = prepare,
    });

    private static string Etcdctl(PidOne init, params string[] arguments)
    {
        CommandResult result = new(-1, "", "");
        init.WaitUntil(
            () => (result = init.Run(["env", "ETCDCTL_API=3", "etcdctl", .. arguments])).ExitCode == 0, $"etcdctl {string.Join(' ', arguments)}: {result.Error}");
        return result.Output;
    }

    private static void Applied(PidOne init, string commit)
    {
        init.WaitUntil(() => init.Meduza("status").ExitCode != 1, "PID 1 answers");
        var wait = init.Meduza("wait", "--commit", commit, "--timeout", "50");
        Assert.True(wait.ExitCode == 0, $"{wait.Error}{init.Output}");
    }

    private static Dictionary<string, int> Pids(PidOne init) =>
        Services(init).ToDictionary(s => s.GetProperty("name").GetString()!, s => s.GetProperty("pid").GetInt32());

    private static JsonElement? Service(PidOne init, string name) =>
        Services(init).Where(s => s.GetProperty("name").GetString() == name).Select(s => (JsonElement?)s).FirstOrDefault();

    private static JsonElement.ArrayEnumerator Services(PidOne init) =>
        JsonDocument.Parse(init.Meduza("status", "--json").Output is { Length: > 0 } json ? json : """{"services":[]}""")
            .RootElement.GetProperty("services").EnumerateArray();

    private static int HostPid(PidOne init, int pid) => init.Processes().Single(p => p.Pid == pid).HostPid;

    private void IsItsUsersAlone()
    {
        const UnixFileMode Alone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(Alone, File.GetUnixFileMode(Path.Combine(_data, "etcd")));
    }

    private static void ListensOnLoopbackAlone(PidOne init)
    {
        var listeners = init.Run("ss", "-Hltnp").Output.Split('\n').Where(l => l.Contains("\"etcd\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, listeners.Count);
        Assert.All(listeners, line => Assert.Matches(@" 127\.0\.0\.1:23(79|80) ", line));
    }
}
