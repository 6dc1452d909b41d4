using Meduza.Linux;
using Meduza.Linux.Process;

namespace Meduza.Abi.Tests;

/// <summary>The exec stage, whose system calls are each machine's own, compiled for each and executed.</summary>
public class ExecStageTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static TheoryData<string> Targets => [.. CTarget.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void It_makes_its_calls_on_each_machine_and_reports_what_fails(string name)
    {
        var target = CTarget.All.Single(t => t.Name == name);
        var folder = Directory.CreateTempSubdirectory("meduza-abi-").FullName;
        try
        {
            var stage = Compile(target, folder);
            var list = new StageList();
            list.Call(StageCall.Chdir, ExecStep.WorkingFolder, folder, list.Text(folder));
            list.Call(StageCall.Umask, ExecStep.Specification, "umask", 0x3F);
            // No file, tolerated with the two calls on it.
            list.Call(StageCall.Openat, ExecStep.Cgroup, "", StageUse.GivesFile, 2, 2, -100, list.Text("no/such"), 1);
            list.Call(StageCall.Write, ExecStep.Cgroup, "", StageUse.OnFile, 0, 0, 0, list.Text("never"), 5);
            list.Call(StageCall.Close, ExecStep.Cgroup, "", StageUse.OnFile, 0, 0, 0);
            list.Call(StageCall.Openat, ExecStep.Cgroup, "", StageUse.GivesFile, 0, 0, -100, list.Text("made"), 0x41, 0x1FF); // O_CREAT | O_WRONLY
            list.Call(StageCall.Write, ExecStep.Cgroup, "", StageUse.OnFile, 0, 0, 0, list.Text("content"), 7);
            list.Call(StageCall.Close, ExecStep.Cgroup, "", StageUse.OnFile, 0, 0, 0);
            list.Call(StageCall.Chdir, ExecStep.NetworkNamespace, "not/there", list.Text("not/there"));
            var report = Run(target, stage, folder, list);

            ReadOnlySpan<byte> bytes = report;
            Assert.True(ExecReport.TryRead(ref bytes, out var said));
            Assert.Equal((new ExecReport(ExecStep.NetworkNamespace, 2, "not/there"), 0), (said, bytes.Length));
            Assert.Equal("content", File.ReadAllText(Path.Combine(folder, "made")));
            Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(Path.Combine(folder, "made")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Compile(CTarget target, string folder)
    {
        var source = Path.Combine(folder, "exec-stage.c");
        using (var content = typeof(ExecStageTests).Assembly.GetManifestResourceStream("exec-stage.c")!)
        using (var file = File.Create(source))
            content.CopyTo(file);
        var program = Path.Combine(folder, "exec-stage");
        var compiled = Command.Run(
            target.Compiler, ["-std=c17", "-Wall", "-Wextra", "-Werror", "-Os", "-ffreestanding", "-fno-stack-protector", "-static", "-nostdlib", "-o", program, source], Limit);
        Assert.True(compiled.ExitCode == 0, $"the C compiler refuses:\n{compiled.Error}");
        return program;
    }

    /// <returns>What it wrote into its report pipe.</returns>
    private static byte[] Run(CTarget target, string stage, string folder, StageList list)
    {
        var input = Path.Combine(folder, "list");
        var output = Path.Combine(folder, "report");
        File.WriteAllBytes(input, list.ToArray());
        using var given = Descriptor.Open(input, 2); // O_RDWR
        using var report = Descriptor.Open(output, 0x41, 0x180); // O_CREAT | O_WRONLY, 0600
        string[] command = target.Emulator is { } emulator ? [emulator, stage] : [stage];
        var pid = Spawn.Run(new(command[0], command) { Passed = [given, report] });
        Exit exit;
        while (!Reaper.TryReap(pid, out exit))
            Thread.Sleep(1);
        Assert.Equal(127, exit.Code);
        return File.ReadAllBytes(output);
    }
}
