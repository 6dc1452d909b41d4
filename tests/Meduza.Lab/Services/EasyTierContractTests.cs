using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Services;

/// <summary>What Meduza relies on in EasyTier: of the double always, and of the true one where <c>MEDUZA_REAL_EASYTIER</c> names it.</summary>
public sealed class EasyTierContractTests : IDisposable
{
    private const string Program = "/usr/bin/easytier-core", Config = "/etc/easytier/config.toml";
    private const int SigTerm = 15;

    // With the fields that the renderer writes.
    private const string Good = """
        instance_name = "meduza"
        hostname = "gw"
        dhcp = false
        ipv4 = "10.255.0.1/24"
        listeners = ["tcp://0.0.0.0:11010", "udp://0.0.0.0:11010"]
        mapped_listeners = []
        routes = []
        rpc_portal = "127.0.0.1:15888"
        [network_identity]
        network_name = "net"
        network_secret = "a secret"
        [[peer]]
        uri = "tcp://192.0.2.9:11010"
        [flags]
        dev_name = "et0"
        multi_thread = true
        private_mode = false
        """;

    private PidOne? _init;

    public static TheoryData<string> Programs => [.. Environment.GetEnvironmentVariable("MEDUZA_REAL_EASYTIER") is { Length: > 0 } ? (string[])["double", "true"] : ["double"]];

    public void Dispose() => _init?.Dispose();

    private PidOne Machine(string kind)
    {
        _init = PidOne.Start(new()
        {
            Programs = ProxyDoubles.Programs,
            Prepare = $"ln -sf {(kind == "true" ? "easytier-core.true" : "meduza-doubles")} {Program}; mkdir -p /etc/easytier",
        });
        // Only then is its root as it is to be.
        _init.WaitUntil(() => File.Exists(_init.ControlSocket), "PID 1 runs");
        return _init;
    }

    private static void Write(PidOne init, string config) => Must.Run([.. init.Inside("sh", "-c", $"cat > {Config}")], config);

    [Theory, MemberData(nameof(Programs))]
    public void It_makes_its_device_with_its_address_and_gives_both_up_when_it_is_told_to_end(string kind)
    {
        var init = Machine(kind);
        Assert.StartsWith("easytier-core 2.", init.Run(Program, "--version").Output, StringComparison.Ordinal);
        Write(init, Good);
        using var running = init.StartInside("env", "ET_RPC_PORTAL=127.0.0.1:15888", Program, "--config-file", Config);
        init.WaitUntil(() => init.Run("ip", "-4", "address", "show", "dev", "et0").Output.Contains("inet 10.255.0.1/24", StringComparison.Ordinal), "the device has its address");
        Assert.Contains("UP", init.Run("ip", "link", "show", "dev", "et0").Output, StringComparison.Ordinal);
        init.WaitUntil(() => init.Run("ss", "-lntu").Output is var ports && ports.Contains("127.0.0.1:15888", StringComparison.Ordinal) && ports.Contains("0.0.0.0:11010", StringComparison.Ordinal), "its ports are bound");

        Signals.Send(init.Processes().Single(process => process.CommandLine.StartsWith(Program, StringComparison.Ordinal)).HostPid, SigTerm);
        running.Wait(Must.Patience);
        Assert.NotEqual(0, init.Run("ip", "link", "show", "dev", "et0").ExitCode);
    }

    [Theory, MemberData(nameof(Programs))]
    public void A_check_says_what_it_would_not_start_with_and_makes_nothing(string kind)
    {
        var init = Machine(kind);
        string[] check = [Program, "--check-config", "--config-file", Config];
        Write(init, Good);
        Assert.Equal(0, init.Run(check).ExitCode);
        Assert.NotEqual(0, init.Run("ip", "link", "show", "dev", "et0").ExitCode);
        // What it does not know it passes over.
        Write(init, "nobody_knows = 1\n" + Good);
        Assert.Equal(0, init.Run(check).ExitCode);
        foreach (var (right, wrong) in (ReadOnlySpan<(string, string)>)
            [
                ("dhcp = false", "dhcp = \"no\""), ("hostname = \"gw\"", "hostname = gw"), ("\"tcp://0.0.0.0:11010\"", "\"nowhere\""), ("network_name = \"net\"", ""),
                ("uri = \"tcp://192.0.2.9:11010\"", "uri = 5"), ("routes = []", "routes = [\"here\"]"), ("rpc_portal = \"127.0.0.1:15888\"", "rpc_portal = \"here\""),
            ])
        {
            Assert.Contains(right, Good, StringComparison.Ordinal);
            Write(init, Good.Replace(right, wrong, StringComparison.Ordinal));
            var ended = init.Run(check);
            Assert.True(ended.ExitCode == 1, $"{wrong}: {ended.ExitCode} {ended.Output}{ended.Error}");
        }
        // A flag of another type is a panic.
        Write(init, Good.Replace("multi_thread = true", "multi_thread = \"yes\"", StringComparison.Ordinal));
        Assert.Equal(101, init.Run(check).ExitCode);
        Assert.Equal(2, init.Run(Program, "--nobody-knows").ExitCode);
        Assert.Equal(1, init.Run(Program, "--check-config", "--config-file", "/nowhere.toml").ExitCode);
    }
}
