using System.Net;
using System.Net.Sockets;
using Meduza.Lab.Harness;
using Meduza.Lab.Names;
using Meduza.Linux;
using Meduza.Linux.Process;

namespace Meduza.Lab.Services;

/// <summary>What Meduza relies on in MosDNS: of the double always, and of the true one where <c>MEDUZA_REAL_MOSDNS</c> names it.</summary>
public sealed class MosdnsContractTests : IDisposable
{
    private const string Program = "/usr/bin/mosdns";
    private const int SigTerm = 15;

    private PidOne? _init;

    public static TheoryData<string> Programs => [.. Environment.GetEnvironmentVariable("MEDUZA_REAL_MOSDNS") is { Length: > 0 } ? (string[])["double", "true"] : ["double"]];

    /// <summary>What ships.</summary>
    private static string Good { get; } = File.ReadAllText(Shipped()).Replace("{{SOCKS_PORT}}", "7891", StringComparison.Ordinal);

    public void Dispose() => _init?.Dispose();

    private static string Shipped()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "rootfs/usr/share/meduza/mosdns.yaml");
            if (File.Exists(candidate))
                return candidate;
        }
        throw new LabException("there is no rootfs above the tests");
    }

    private PidOne Machine(string kind)
    {
        _init = PidOne.Start(new()
        {
            Programs = ProxyDoubles.Programs,
            Prepare = $"ln -sf {(kind == "true" ? "mosdns.true" : "meduza-doubles")} {Program}; mkdir -p /etc/mosdns; cd /etc/mosdns; touch etcd_block.txt etcd_ddns.txt etcd_local.txt etcd_global.txt",
        });
        // Only then is its root as it is to be.
        _init.WaitUntil(() => File.Exists(_init.ControlSocket), "PID 1 runs");
        return _init;
    }

    private static void Write(PidOne init, string config) => Must.Run([.. init.Inside("sh", "-c", "cat > /etc/mosdns/config.yaml")], config);

    private static string[] Command { get; } = [Program, "start", "-d", "/etc/mosdns", "-c", "/etc/mosdns/config.yaml"];

    [Theory, MemberData(nameof(Programs))]
    public void It_answers_with_what_ships_until_it_is_told_to_end(string kind)
    {
        var init = Machine(kind);
        Assert.StartsWith("v5.", init.Run(Program, "version").Output, StringComparison.Ordinal);
        Write(init, Good);
        using var running = init.StartInside(Command);
        init.WaitUntil(() => init.Run("ss", "-lnu").Output.Contains("127.0.0.1:1153 ", StringComparison.Ordinal), "its port is bound");
        using var network = Descriptor.Open($"/proc/{init.HostPid}/ns/net", Tmds.Linux.LibC.O_RDONLY);
        using var socket = NamespaceThread.Run(network, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.ReceiveTimeout = (int)Must.Patience.TotalMilliseconds;
        socket.SendTo(DnsMessages.Question(7, "localhost"), new IPEndPoint(IPAddress.Loopback, 1153));
        var answer = new byte[512];
        var length = socket.Receive(answer);
        Assert.Equal((IPAddress.Loopback, 0), DnsMessages.Read(answer.AsSpan(0, length)));

        Signals.Send(init.Processes().Single(process => process.CommandLine.StartsWith(Program, StringComparison.Ordinal)).HostPid, SigTerm);
        Assert.Equal(0, running.Wait(Must.Patience).Code);
    }

    [Theory, MemberData(nameof(Programs))]
    public void It_does_not_start_with_what_it_does_not_know_or_does_not_find(string kind)
    {
        var init = Machine(kind);
        foreach (var (right, wrong) in (ReadOnlySpan<(string, string)>)
            [
                ("plugins:", "plugin:"), ("level: warn", "depth: warn"), ("type: fallback", "type: guess"), ("tag: ddns_names", "tag: block_names"),
                ("secondary: forward_local", "secondary: nobody"), ("files: [etcd_local.txt]", "files: [etcd_nothing.txt]"), ("concurrent: 2", "parallel: 2"),
                ("size: 8192", "size: many"), ("qname $local_names", "qname $no_names"), ("entry: main", "entry: nobody"),
            ])
        {
            Assert.Contains(right, Good, StringComparison.Ordinal);
            Write(init, Good.Replace(right, wrong, StringComparison.Ordinal));
            var ended = init.Run(Command);
            Assert.True(ended.ExitCode == 1, $"{wrong}: {ended.ExitCode} {ended.Output}{ended.Error}");
        }
    }

    [Theory, MemberData(nameof(Programs))]
    public void It_does_not_start_with_a_list_that_it_cannot_read(string kind)
    {
        var init = Machine(kind);
        Write(init, Good);
        foreach (var line in (ReadOnlySpan<string>)["geosite:cn", "a.example b.example", "regexp:(a", "regexp:a(?=b)"])
        {
            Must.Run([.. init.Inside("sh", "-c", "cat > /etc/mosdns/etcd_local.txt")], "domain:a.example # a comment\n\n" + line + "\n");
            var ended = init.Run(Command);
            Assert.True(ended.ExitCode == 1, $"{line}: {ended.ExitCode} {ended.Output}{ended.Error}");
        }
    }
}
