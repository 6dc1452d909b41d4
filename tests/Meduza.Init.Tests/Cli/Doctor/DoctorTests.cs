using System.Text.Json;
using Meduza.Init.Cli;
using Meduza.Init.Cli.Doctor;
using Meduza.Init.Tests.Agent.Store;

namespace Meduza.Init.Tests.Cli.Doctor;

public sealed class DoctorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-doctor-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Kernel_is_tried_and_nothing_of_it_is_left()
    {
        var before = File.ReadAllText("/proc/net/dev");
        var findings = KernelProbes.Probe().ToDictionary(f => f.Name);
        Assert.Equal(["cgroup2", "ip_set", "nat", "nf_tables", "tun", "wireguard", "xt_TPROXY"], findings.Keys.Order(StringComparer.Ordinal));
        foreach (var name in (string[])["tun", "nf_tables", "ip_set", "xt_TPROXY", "nat"])
            Assert.Equal((name, Levels.Ok), (name, findings[name].Level));
        Assert.Equal(Names(before), Names(File.ReadAllText("/proc/net/dev")));

        static IEnumerable<string> Names(string text) => text.Split('\n').Skip(2).Select(l => l.Split(':')[0].Trim());
    }

    [Fact]
    public void Tun_that_is_not_there_is_a_problem_with_the_command_that_makes_it()
    {
        var tun = KernelProbes.Probe(tunNode: "/nowhere/tun").First();
        Assert.Equal(Levels.Problem, tun.Level);
        Assert.Equal("open /nowhere/tun: No such file or directory (errno 2)", tun.Detail);
        Assert.Contains("mknod -m 600 /nowhere/tun c 10 200", tun.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n", Levels.Ok, "/sys/fs/cgroup")]
    [InlineData("cgroup2 /sys/fs/cgroup cgroup2 ro,nosuid 0 0\n", Levels.Warning, "/sys/fs/cgroup is read-only")]
    [InlineData("tmpfs /tmp tmpfs rw 0 0\n", Levels.Warning, "not mounted")]
    public void Control_groups_are_found_by_their_mount(string mounts, string level, string detail)
    {
        var path = Path.Combine(_folder, "mounts");
        File.WriteAllText(path, mounts);
        var finding = KernelProbes.Probe(mounts: path).Single(f => f.Name == "cgroup2");
        Assert.Equal((level, detail), (finding.Level, finding.Detail));
    }

    [Fact]
    public void Program_tells_its_version_itself() =>
        Assert.Equal(Finding.Ok("programs", "doctored", "doctored version 7"), ProgramProbes.Probe(Program("echo; echo doctored version 7")));

    [Theory]
    [InlineData(null, "no such file")]
    [InlineData("exit 3", "says nothing: exit code 3")]
    [InlineData("sleep 60", "does not end: killed after 5 s")]
    public void Program_that_is_missing_silent_or_hangs_is_told(string? script, string detail)
    {
        var program = script is null ? new DrivenProgram("/nowhere/doctored", "--version", "tests", "nobody") : Program(script);
        var finding = ProgramProbes.Probe(program);
        Assert.Equal(Levels.Warning, finding.Level);
        Assert.Contains(detail, finding.Detail, StringComparison.Ordinal);
        Assert.StartsWith("needed for tests: install it there (", finding.Remedy, StringComparison.Ordinal);
        Assert.Equal(Levels.Problem, ProgramProbes.Probe(new("/nowhere/doctored", "--version", "tests", "nobody", IsNeeded: true)).Level);
    }

    [Fact]
    public async Task Etcd_is_read_as_the_agent_would()
    {
        using var etcd = new EtcdServer();
        etcd.Put("/commit", "seven");
        var findings = await EtcdAsync($"http://127.0.0.1:1,{etcd.Endpoint}");
        Assert.Equal(Finding.Ok("etcd", etcd.Endpoint, "reached, at revision 2, commit \"seven\""), findings[1]);
        // One that answers is enough.
        Assert.Equal((Levels.Warning, "etcd http://127.0.0.1:1 refuses connections: nothing listens there"), (findings[0].Level, findings[0].Detail));
    }

    [Fact]
    public async Task Etcd_with_another_time_is_a_warning()
    {
        using var etcd = new EtcdServer();
        var clock = new ManualClock();
        clock.Jump(DateTimeOffset.UtcNow.AddHours(1) - clock.GetUtcNow());
        var finding = Assert.Single(await EtcdAsync(etcd.Endpoint, clock));
        Assert.Equal(Levels.Warning, finding.Level);
        Assert.Matches("this machine's clock is 3[56]\\d\\d s ahead of etcd's", finding.Detail);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "etcd http://127.0.0.1:1 refuses connections: nothing listens there")]
    [InlineData("ftp://x", "ETCD_ENDPOINTS has 'ftp://x', which is no address: write http://HOST:PORT or https://HOST:PORT")]
    public async Task Etcd_that_nobody_reaches_is_a_problem(string endpoints, string detail)
    {
        var finding = Assert.Single(await EtcdAsync(endpoints));
        Assert.Equal((Levels.Problem, detail), (finding.Level, finding.Detail));
    }

    [Fact]
    public void Secret_that_others_may_read_is_a_problem()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "etc/openvpn/generated")).FullName;
        var (closed, open) = (Path.Combine(folder, "a.conf"), Path.Combine(folder, "b.key"));
        File.WriteAllText(closed, "");
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(open, "");
        File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Equal(
        [
            Finding.Ok("files", closed, "0600"),
            Finding.Problem("files", open, "is open to everybody on this machine (0604) and holds, or leads to, secrets", $"chmod o= {open}"),
        ], FileProbes.Probe(Session("http://x"), "/nowhere", _folder));
    }

    [Fact]
    public void Clock_that_was_never_set_is_a_problem()
    {
        var clock = new ManualClock();
        clock.Jump(DateTimeOffset.UnixEpoch.AddDays(1) - clock.GetUtcNow());
        Assert.Equal((Levels.Problem, "1970-01-02 00:00:00Z cannot be: the clock was never set"), (MachineProbes.Clock(clock).Level, MachineProbes.Clock(clock).Detail));
        Assert.Equal(Levels.Ok, MachineProbes.Clock(TimeProvider.System).Level);
    }

    [Fact]
    public void Missing_capabilities_are_named_with_what_they_are_for()
    {
        Assert.Equal([Finding.Ok("machine", "capabilities", "PID 1 has all that it needs")], MachineProbes.Privileges("Name:\tx\nCapEff:\t000001ffffffffff\n", "PID 1"));
        // Docker's default set.
        var findings = MachineProbes.Privileges("CapEff:\t00000000a80425fb\n", "PID 1").ToList();
        Assert.Equal([("CAP_NET_ADMIN", Levels.Problem), ("CAP_SYS_ADMIN", Levels.Warning)], findings.Select(f => (f.Name, f.Level)));
        Assert.Equal("start the container with --cap-add NET_ADMIN", findings[0].Remedy);
        Assert.Equal(Levels.Warning, Assert.Single(MachineProbes.Privileges("", "PID 1")).Level);
    }

    [Fact]
    public void Settings_that_cannot_be_written_are_a_warning()
    {
        var path = Path.Combine(_folder, "ip_forward");
        Assert.Equal(Levels.Warning, MachineProbes.Settings(path).Level);
        File.WriteAllText(path, "0\n");
        Assert.Equal(Levels.Ok, MachineProbes.Settings(path).Level);
        Assert.Equal("0\n", File.ReadAllText(path));
    }

    [Theory]
    [InlineData(5L << 20, Levels.Problem)]
    [InlineData(50L << 20, Levels.Warning)]
    [InlineData(500L << 20, Levels.Ok)]
    public void Little_room_is_a_warning_and_none_a_problem(long free, string level) => Assert.Equal(level, MachineProbes.Room("/data", free).Level);

    [Fact]
    public async Task Problem_is_exit_code_3_and_json_has_the_stable_fields()
    {
        var result = await EtcdCommand.RunAsync("http://127.0.0.1:1", "doctor", "--json");
        Assert.Equal((3, ""), (result.Code, result.Error));
        var json = JsonDocument.Parse(result.Output).RootElement;
        Assert.False(json.GetProperty("ok").GetBoolean());
        var etcd = json.GetProperty("findings").EnumerateArray().Single(f => f.GetProperty("part").GetString() == "etcd");
        Assert.Equal("problem", etcd.GetProperty("level").GetString());
        Assert.Equal("http://127.0.0.1:1", etcd.GetProperty("name").GetString());
        Assert.NotEmpty(etcd.GetProperty("remedy").GetString()!);
        Assert.StartsWith("PART", (await EtcdCommand.RunAsync("http://127.0.0.1:1", "doctor")).Output, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<Finding>> EtcdAsync(string endpoints, TimeProvider? clock = null) =>
        EtcdProbe.ProbeAsync(Session(endpoints) with { Time = clock ?? TimeProvider.System }, TestContext.Current.CancellationToken);

    private static Session Session(string endpoints) => new(TextWriter.Null, TextWriter.Null, false, "/nowhere", "/nowhere", TimeProvider.System)
    {
        Variable = name => name == "ETCD_ENDPOINTS" ? endpoints : null,
    };

    private DrivenProgram Program(string script)
    {
        var path = Path.Combine(_folder, "doctored");
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new(path, "--version", "tests", "nobody");
    }
}
