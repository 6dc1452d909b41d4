using System.Text.Json.Nodes;
using Meduza.Linux.Process;

namespace Meduza.Lab.Supervision;

/// <summary>Signs of readiness and health of real processes.</summary>
public sealed class ReadinessTests : IDisposable
{
    /// <summary>Sends its argument to NOTIFY_SOCKET, as sd_notify(3) does.</summary>
    private const string Notify =
        "perl -MSocket -e '($a = $ENV{NOTIFY_SOCKET}) =~ s/^@/\\0/; socket(S, AF_UNIX, SOCK_DGRAM, 0) and defined(send(S, $ARGV[0], 0, pack_sockaddr_un($a))) or die $!; sleep($ARGV[1] // 0)'";

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private static JsonObject Sign(string kind, string target) => new() { ["kind"] = kind, ["target"] = target };

    private void Define(string name, string shell, JsonObject readiness, Action<JsonObject>? more = null) =>
        _machine.Define(name, ["/bin/sh", "-c", shell], d =>
        {
            d["readiness"] = readiness;
            more?.Invoke(d);
        });

    private void UntilRunning(string commandLine) => Machine.Until(() => _machine.Running(commandLine).Count > 0, commandLine);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(9)]
    public void A_line_on_the_descriptor_of_its_choice_is_readiness(int number)
    {
        // Two, since a second reader of one could meet its first writer.
        _machine.Init.Run("mkfifo", "/tmp/almost", "/tmp/go");
        Define("a", $"read x < /tmp/almost; printf 'almost' >&{number}; read x < /tmp/go; echo >&{number}; exec sleep 1000", Sign("NotifyDescriptor", $"{number}"));
        _machine.Init.Run("sh", "-c", "echo > /tmp/almost");
        Assert.Equal("starting", _machine.State("a"));
        Assert.Equal($"a line on descriptor {number}", (string?)_machine.Status("a")["waiting_for"]);

        _machine.Init.Run("sh", "-c", "echo > /tmp/go");
        _machine.UntilState("a", "ready");

        UntilRunning("sleep 1000");
        Assert.Equal(
            new[] { "0", "1", "2", $"{number}" },
            Directory.GetFiles($"/proc/{_machine.HostPid(_machine.Pid("a"))}/fd").Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public void A_program_that_is_not_there_is_told_also_where_its_descriptor_is_that_of_the_report()
    {
        _machine.Define("a", ["/no/such/program"], d => d["readiness"] = Sign("NotifyDescriptor", "4"));

        Machine.Until(() => _machine.LastExit("a") is not null, "failure");

        Assert.Equal("/no/such/program: no such file", _machine.LastExit("a"));
    }

    [Fact]
    public void READY_is_believed_from_a_process_of_the_service_and_from_nobody_else()
    {
        _machine.Init.Run("mkfifo", "/tmp/go");
        // It stays: whose a process was that is gone when its message is read, nobody can tell any more.
        Define("honest", $"read x < /tmp/go; {Notify} 'READY=1\nSTATUS=serves 3 clients' 1000 & exec sleep 1000", Sign("NotifySocket", ""));
        var environment = $"/proc/{_machine.HostPid(_machine.Pid("honest"))}/environ";
        Machine.Until(() => File.ReadAllText(environment).Contains("NOTIFY_SOCKET=", StringComparison.Ordinal), "execution");
        var address = File.ReadAllText(environment).Split('\0').Single(v => v.StartsWith("NOTIFY_SOCKET=", StringComparison.Ordinal));

        // A process of no service, and one of another service that tells its readiness too.
        var forged = _machine.Init.Run("sh", "-c", $"export {address}; {Notify} READY=1");
        Assert.True(forged.ExitCode == 0, forged.Error);
        _machine.Init.WaitForOutput(l => l.Contains("belongs to no service that tells its readiness by NOTIFY_SOCKET", StringComparison.Ordinal));
        Define("other", $"export {address}; {Notify} READY=1; exec sleep 1001", Sign("NotifySocket", ""));
        Machine.Until(() => _machine.Running("sleep 1001").Count > 0, "message of the other");
        Assert.Equal("starting", _machine.State("honest"));

        _machine.Init.Run("sh", "-c", "echo > /tmp/go");
        _machine.UntilState("honest", "ready");

        Assert.Equal("serves 3 clients", (string?)_machine.Status("honest")["status_text"]);
        Assert.Contains("serves 3 clients", _machine.Init.Meduza("status", "honest").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bound_UDP_port_is_readiness_and_nothing_is_sent_there()
    {
        _machine.Init.Run("mkfifo", "/tmp/go");
        Define(
            "dns",
            "read x < /tmp/go; exec perl -MSocket -e '$| = 1; socket(S, AF_INET, SOCK_DGRAM, 0); bind(S, pack_sockaddr_in(5300, INADDR_LOOPBACK)) or die; recv(S, $m, 512, 0); print \"got something\\n\"; sleep 1000'",
            Sign("BoundUdpPort", "127.0.0.1:5300"));
        Machine.Until(() => _machine.State("dns") == "starting", "start");
        Assert.Equal("UDP port 127.0.0.1:5300", (string?)_machine.Status("dns")["waiting_for"]);

        _machine.Init.Run("sh", "-c", "echo > /tmp/go");
        _machine.UntilState("dns", "ready");

        Assert.DoesNotContain("got something", _machine.Init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Readiness_is_not_asserted_again_after_a_crash_but_gained_anew()
    {
        Define("a", "mkdir /tmp/once 2>/dev/null && echo >&3; exec sleep 1000", Sign("NotifyDescriptor", "3"));
        _machine.UntilState("a", "ready");
        var first = _machine.Pid("a");

        Signals.Send(_machine.HostPid(first), 9);
        Machine.Until(() => _machine.Pid("a") is var pid && pid != 0 && pid != first && _machine.Running("sleep 1000").Any(p => p.Pid == pid), "next process");

        Assert.Equal("starting", _machine.State("a"));
    }

    [Fact]
    public void A_service_that_is_not_ready_in_time_is_stopped_and_says_why()
    {
        Define("a", "exec sleep 1000", Sign("File", "/tmp/never"), d => d["start_timeout_milliseconds"] = 300);

        Machine.Until(() => _machine.LastExit("a") is not null, "end");

        Assert.Equal("not ready within 0.3 s (signal 15 (SIGTERM))", _machine.LastExit("a"));
    }

    [Fact]
    public void A_health_check_that_fails_three_times_restarts_the_service()
    {
        _machine.Init.Run("touch", "/tmp/well");
        Define("a", "exec sleep 1000", Sign("Started", ""), d => d["health"] = Check(restart: true));
        _machine.UntilState("a", "ready");
        var first = _machine.Pid("a");

        _machine.Init.Run("rm", "/tmp/well");
        Machine.Until(() => _machine.Status("a") is var a && (int)a["restarts"]! > 0 && (int)a["pid"]! != 0, "restart");

        Assert.NotEqual(first, _machine.Pid("a"));
        Assert.Equal("unhealthy: no file /tmp/well (signal 15 (SIGTERM))", _machine.LastExit("a"));
    }

    [Fact]
    public void An_unhealthy_service_keeps_its_process_and_recovers_where_it_says_nothing_else()
    {
        _machine.Init.Run("touch", "/tmp/well");
        Define("a", "exec sleep 1000", Sign("Started", ""), d => d["health"] = Check(restart: false));
        _machine.UntilState("a", "ready");
        var first = _machine.Pid("a");

        _machine.Init.Run("rm", "/tmp/well");
        _machine.UntilState("a", "unhealthy");
        Assert.Equal(3, _machine.Init.Meduza("status", "a").ExitCode);
        _machine.Init.Run("touch", "/tmp/well");
        _machine.UntilState("a", "ready");

        Assert.Equal(first, _machine.Pid("a"));
    }

    private static JsonObject Check(bool restart) => new()
    {
        ["probe"] = Sign("File", "/tmp/well"),
        ["interval_milliseconds"] = 100,
        ["timeout_milliseconds"] = 20,
        ["restart"] = restart,
    };
}
