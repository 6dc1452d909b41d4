using CsCheck;
using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Process;

/// <summary>The stage itself, executed, as far as that needs no machine of its own: the lab has the rest.</summary>
[Trait("Emulated", "no")] // the stage is executed from memory, where QEMU's user mode does not see it
public sealed class ExecStageTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly StagedSpawn _stage = new();

    public void Dispose() => _stage.Dispose();

    private static ExecSpec Spec(params string[] command) => new(command, ["PATH=/usr/bin:/bin"]);

    private Task<StagedResult> Run(ExecSpec spec) =>
        StagedCommand.RunAsync(_stage, spec, Limit, 1 << 20, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_program_gets_its_arguments_its_environment_and_nothing_else()
    {
        var result = await Run(new(["/bin/sh", "-c", "printf '%s|' \"$0\" \"$@\"; cat /proc/$$/environ; ls /proc/$$/fd", "", "a b", "c\nd", "🦑"], ["A=1", "B="])
        {
            WorkingFolder = "/usr", Umask = 0x3F,
        });
        Assert.Null(result.Failure);
        Assert.StartsWith("|a b|c\nd|🦑|A=1\0B=\0", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("0\n1\n2\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Working_folder_and_umask_are_those_of_the_specification()
    {
        var result = await Run(Spec("/bin/sh", "-c", "pwd; umask") with { WorkingFolder = "/usr", Umask = 0x3F });
        Assert.Equal("/usr\n0077\n", result.Output);
    }

    [Fact]
    public async Task Signals_are_as_a_new_process_has_them()
    {
        var result = await Run(Spec("/bin/cat", "/proc/self/status"));
        foreach (var set in (string[])["SigBlk", "SigIgn", "SigCgt"])
            Assert.Contains($"{set}:\t0000000000000000", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_of_any_kind_and_number_arrive_as_they_are()
    {
        var texts = Gen.String[Gen.Char['\u0001', '\ud7ff'], 0, 200].Array[0, 30];
        await texts.SampleAsync(
            async arguments =>
            {
                var result = await Run(Spec(["/bin/sh", "-c", "for a; do printf '%s\\0' \"$a\"; done", "-", .. arguments]));
                Assert.Equal(string.Concat(arguments.Select(a => $"{a}\0")), result.Output);
            },
            iter: 20);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(200)]
    public void What_tells_readiness_is_at_its_number_and_a_held_program_is_executed_all_the_same(int number)
    {
        foreach (var isHeld in (bool[])[false, true])
        {
            var (read, write) = Descriptor.Pipe();
            using var nothing = Descriptor.Open("/dev/null", Tmds.Linux.LibC.O_RDWR);
            using var shell = Descriptor.Open("/bin/bash", Tmds.Linux.LibC.O_PATH);
            var spec = Spec(isHeld ? "/no/longer/there" : "/bin/bash", "-c", $"printf ready >&{number}; ls /proc/$$/fd >&{number}") with { NotifyDescriptor = number };
            var (pid, report) = _stage.Start(spec, nothing, nothing, write, isHeld ? shell : null);
            write.Dispose();
            using (read)
            using (report)
            {
                using var told = new StreamReader(new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(read.Number, ownsHandle: false), FileAccess.Read));
                Assert.Equal($"ready0\n1\n2\n{number}\n", told.ReadToEnd());
                while (!Reaper.TryReap(pid, out _))
                    Thread.Sleep(1);
            }
        }
    }

    [Fact]
    public async Task A_failure_says_where_why_and_on_what()
    {
        Assert.Equal("/no/such: no such file", (await Run(Spec("/no/such"))).Failure?.ToString());
        Assert.Equal("working folder /no/such: no such folder", (await Run(Spec("/bin/true") with { WorkingFolder = "/no/such" })).Failure?.ToString());
        Assert.Equal("network namespace /etc/passwd: not a network namespace", (await Run(Spec("/bin/true") with { NetworkNamespace = "/etc/passwd" })).Failure?.ToString());
        Assert.Equal("group \"no-such\" does not exist: install the program's package, or add the group", (await Run(Spec("/bin/true") with { Groups = ["no-such"] })).Failure?.ToString());
        var ended = await Run(Spec("/no/such"));
        Assert.Equal(127, ended.Exit?.Code);
    }

    [Fact]
    public async Task What_a_setting_of_the_group_lacks_is_left_out_and_what_it_refuses_is_told()
    {
        var folder = Directory.CreateTempSubdirectory("meduza-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "memory.max"), "");
            File.WriteAllText(Path.Combine(folder, "cgroup.procs"), "");
            var spec = Spec("/bin/true") with { Cgroup = folder, CgroupSettings = [("no.such", "1"), ("memory.max", "123")] };
            Assert.Null((await Run(spec)).Failure);
            Assert.Equal(("123", "0"), (File.ReadAllText(Path.Combine(folder, "memory.max")), File.ReadAllText(Path.Combine(folder, "cgroup.procs"))));

            File.Delete(Path.Combine(folder, "cgroup.procs"));
            Assert.Equal($"cgroup {folder}: no such file", (await Run(spec)).Failure?.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Of_a_limit_given_twice_the_second_goes_over_what_the_first_left()
    {
        var spec = Spec("/bin/sh", "-c", "ulimit -Sn; ulimit -Hn; ulimit -Sc") with
        {
            Limits = [new(Resource.Nofile, 50, 100), new(Resource.Nofile, 1000, null), new(Resource.Core, null, 0)],
        };
        Assert.Equal("100\n100\n0\n", (await Run(spec)).Output);
    }

    [Fact]
    public void A_list_that_is_cut_short_ends_the_stage_and_nothing_else()
    {
        using var content = AnonymousFile.Create("list", [1, 0, 0]);
        using var program = Stage();
        using var nothing = Descriptor.Open("/dev/null", Tmds.Linux.LibC.O_RDWR);
        var pid = Spawn.Run(new($"/proc/self/fd/{ExecStage.StageDescriptor}", ["stage"]) { Passed = [content, nothing, program] });
        Exit exit;
        while (!Reaper.TryReap(pid, out exit))
            Thread.Sleep(1);
        Assert.Equal(127, exit.Code);
    }

    private static Descriptor Stage()
    {
        using var content = typeof(StagedSpawn).Assembly.GetManifestResourceStream("exec-stage")!;
        var bytes = new byte[content.Length];
        content.ReadExactly(bytes);
        return ExecutableFile.Create("exec-stage", bytes);
    }
}
