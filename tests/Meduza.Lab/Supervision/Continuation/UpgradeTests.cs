using System.Text;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Supervision.Continuation;

/// <summary><c>meduza upgrade</c>: another program in place of the one that is PID 1, and the files that must not be.</summary>
public sealed class UpgradeTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Another_version_takes_over_with_its_agent_and_the_first_comes_back()
    {
        var version = Prepare(out var other);
        var before = _machine.Status();

        var there = _machine.Init.Meduza("upgrade", "/root/next");

        Assert.Equal($"meduza-init {version} -> {other}: 2 services go on\n", there.Output + there.Error);
        Assert.Equal(other, (string)_machine.Self()["version"]!);
        Assert.Equal("/root/next", new FileInfo($"/proc/{_machine.Init.HostPid}/exe").LinkTarget);
        _machine.UntilAgentAfter((int)before["agent"]["pid"]!);
        Assert.Equal("/root/next", new FileInfo($"/proc/{_machine.HostPid(_machine.Pid("agent"))}/exe").LinkTarget);
        Assert.Equal(0, (int)_machine.Status("agent")["restarts"]!);

        var back = _machine.Init.Meduza("upgrade", "/usr/bin/meduza-init");

        Assert.Equal($"meduza-init {other} -> {version}: 2 services go on\n", back.Output + back.Error);
        AssertUntouched(before);
    }

    [Fact]
    public void Without_a_file_the_program_that_runs_goes_on_whatever_lies_at_its_path()
    {
        Prepare(out _);
        var before = _machine.Status();
        _machine.Init.Run("cp", "/usr/bin/meduza-init", "/root/tool");
        _machine.Init.Run("sh", "-c", "rm /usr/bin/meduza-init; echo nonsense > /usr/bin/meduza-init");

        for (var i = 0; i < 2; i++)
        {
            var result = _machine.Init.Run("/root/tool", "upgrade");
            Assert.Equal(0, result.ExitCode);
            Assert.EndsWith("goes on: 2 services go on\n", result.Output, StringComparison.Ordinal);
        }

        AssertUntouched(before);
        Assert.Equal(before["agent"]["pid"]!.GetValue<int>(), _machine.Pid("agent"));
    }

    [Theory]
    [InlineData("echo text > /root/f", "is no program (not an ELF executable)")]
    [InlineData("cp /usr/bin/meduza-init /root/f; printf '\\267' | dd of=/root/f bs=1 seek=18 conv=notrunc", "is a program for another kind of processor")]
    [InlineData("cp /bin/false /root/f", "cannot go on: tried as a child, it ended with exit 1")]
    [InlineData("cp /bin/true /root/f", "is no meduza-init that can go on")]
    [InlineData("cp /usr/bin/yes /root/f", "did not answer within 10 s")]
    [InlineData("head -c 4096 /usr/bin/meduza-init > /root/f; chmod 755 /root/f", "cannot")]
    [InlineData("cp /usr/bin/meduza-init /root/f; chmod o+w /root/f", "can be written by others than its owner")]
    [InlineData("cp /usr/bin/meduza-init /root/f; chown 1000 /root/f", "belongs to user 1000")]
    [InlineData("cp /usr/bin/meduza-init /root/f; chmod 644 /root/f", "cannot be tried")]
    [InlineData("mkdir /root/f", "is no file")]
    [InlineData("mkfifo /root/f", "is no file")]
    [InlineData("true", "there is no file /root/f")]
    public void A_file_that_cannot_or_must_not_be_PID_1_changes_nothing(string made, string refused)
    {
        Prepare(out _);
        var before = _machine.Status();
        var self = _machine.Self();
        Assert.Equal(0, _machine.Init.Run("sh", "-c", made).ExitCode);

        var result = _machine.Init.Meduza("upgrade", "/root/f");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(refused, result.Error, StringComparison.Ordinal);
        Assert.Contains("/root/f", result.Error, StringComparison.Ordinal);
        Assert.Equal((long)self["image_started_at"]!, (long)_machine.Self()["image_started_at"]!);
        AssertUntouched(before);
        Assert.Equal(before["agent"]["pid"]!.GetValue<int>(), _machine.Pid("agent"));
    }

    [Fact]
    public void A_program_with_a_fault_at_its_start_gives_way_to_the_one_before()
    {
        Prepare(out var other);
        var before = _machine.Status();
        _machine.Init.Meduza("upgrade", "/root/next");
        Assert.Equal(other, (string)_machine.Self()["version"]!);

        // Within the time in which it has to prove itself.
        var self = _machine.GoOn(() => _machine.Init.Signal(11));

        Assert.NotEqual(other, (string)self["version"]!);
        Assert.True((bool)self["went_back"]!);
        Assert.Equal("/usr/bin/meduza-init", new FileInfo($"/proc/{_machine.Init.HostPid}/exe").LinkTarget);
        AssertUntouched(before);
    }

    /// <summary>Two services, and a program of another version at <c>/root/next</c>.</summary>
    /// <returns>The version that runs.</returns>
    private string Prepare(out string other)
    {
        _machine.Define("a", ["/bin/sleep", "1000"]);
        _machine.Define("b", ["/bin/sleep", "1001"]);
        foreach (var name in (string[])["agent", "a", "b"])
            _machine.UntilState(name, "ready");
        var version = (string)_machine.Self()["version"]!;
        other = "9" + version[1..];
        var program = File.ReadAllBytes(Binary.Path);
        // The text lies in the file as it is, in one coding or the other; the length is the same.
        foreach (var coding in (Encoding[])[Encoding.UTF8, Encoding.Unicode])
            Replace(program, coding.GetBytes(version), coding.GetBytes(other));
        Directory.CreateDirectory($"{_machine.Init.Root}/root");
        File.WriteAllBytes($"{_machine.Init.Root}/root/next", program);
        File.SetUnixFileMode($"{_machine.Init.Root}/root/next", (UnixFileMode)0x1ed /* 0755 */);
        return version;
    }

    private void AssertUntouched(Dictionary<string, System.Text.Json.Nodes.JsonObject> before)
    {
        foreach (var name in (string[])["a", "b"])
        {
            var now = _machine.Status(name);
            Assert.Equal(((int)before[name]["pid"]!, "ready", 0), ((int)now["pid"]!, (string)now["state"]!, (int)now["restarts"]!));
        }
    }

    private static void Replace(byte[] content, byte[] from, byte[] to)
    {
        for (int at, start = 0; (at = content.AsSpan(start).IndexOf(from)) >= 0; start += at + to.Length)
            to.CopyTo(content.AsSpan(start + at));
    }
}
