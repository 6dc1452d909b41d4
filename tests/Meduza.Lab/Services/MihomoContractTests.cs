using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Services;

/// <summary>
/// What Meduza relies on in mihomo: of the double always, and of the true one where <c>MEDUZA_REAL_MIHOMO</c> names it. What
/// holds for both holds for the double.
/// </summary>
public sealed class MihomoContractTests : IDisposable
{
    private const string Program = "/usr/bin/mihomo";
    private const int SigHup = 1, SigTerm = 15;

    private const string Good = """
        mixed-port: 7890
        socks-port: 7891
        tproxy-port: 7893
        allow-lan: true
        external-controller: 127.0.0.1:9090
        secret: s3cr3t
        something-of-the-future: [1, 2]
        dns: {enable: true, listen: "127.0.0.1:1053", enhanced-mode: redir-host, nameserver: [192.0.2.1], default-nameserver: [192.0.2.1]}
        proxies:
          - {name: a, type: socks5, server: 192.0.2.9, port: 1080}
          - {name: b, type: ss, server: 192.0.2.9, port: "8388", cipher: aes-128-gcm, password: x}
        proxy-groups:
          - {name: pick, type: select, proxies: [a, b, DIRECT]}
          - {name: auto, type: url-test, proxies: [a, REJECT], url: "http://192.0.2.9/", interval: 3600}
        rules: ["DOMAIN-SUFFIX,example.org,pick", "MATCH,auto"]
        """;

    private PidOne? _init;

    public static TheoryData<string> Programs => [.. Environment.GetEnvironmentVariable("MEDUZA_REAL_MIHOMO") is { Length: > 0 } ? (string[])["double", "true"] : ["double"]];

    public void Dispose() => _init?.Dispose();

    private PidOne Machine(string kind)
    {
        _init = PidOne.Start(new()
        {
            Programs = ProxyDoubles.Programs,
            Prepare = $"ln -sf {(kind == "true" ? "mihomo.true" : "meduza-doubles")} {Program}; mkdir -p /etc/mihomo /var/lib/mihomo",
        });
        // Only then is its root as it is to be.
        _init.WaitUntil(() => File.Exists(_init.ControlSocket), "PID 1 runs");
        return _init;
    }

    private static void Write(PidOne init, string config) =>
        Must.Run([.. init.Inside("sh", "-c", "cat > /etc/mihomo/config.yaml")], config);

    private static CommandResult Check(PidOne init, string config)
    {
        Write(init, config);
        return init.Run(Program, "-t", "-d", "/var/lib/mihomo", "-f", "/etc/mihomo/config.yaml");
    }

    private static string Api(PidOne init, string path, params string[] more) =>
        init.Run(["curl", "-s", "-m", "10", "-w", " %{http_code}", .. more, $"http://127.0.0.1:9090{path}"]).Output;

    private static string[] Secret { get; } = ["-H", "Authorization: Bearer s3cr3t"];

    private static bool IsBound(PidOne init, string port) => init.Run("ss", "-lntu").Output.Contains($":{port} ", StringComparison.Ordinal);

    [Theory, MemberData(nameof(Programs))]
    public void It_says_its_version_and_takes_what_is_right(string kind)
    {
        var init = Machine(kind);
        Assert.StartsWith("Mihomo Meta ", init.Run(Program, "-v").Output, StringComparison.Ordinal);
        var taken = Check(init, Good);
        Assert.Equal((0, true), (taken.ExitCode, taken.Output.Contains("test is successful", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Programs))]
    public void It_refuses_what_is_wrong_with_1_and_says_so(string kind)
    {
        var init = Machine(kind);
        foreach (var (right, wrong) in (ReadOnlySpan<(string, string)>)
            [
                ("mixed-port: 7890", "mixed-port: nine"), ("allow-lan: true", "allow-lan: perhaps"), ("secret: s3cr3t", "mode: upside-down"),
                ("{name: b, type: ss", "{name: a, type: ss"), ("type: socks5", "type: nothing"), ("[a, b, DIRECT]", "[a, c]"), ("type: select", "type: choose"),
                ("MATCH,auto", "MATCH,nobody"), ("\"MATCH,auto\"", "nonsense"), ("proxies: [a, b, DIRECT]", "url: x"), ("enhanced-mode: redir-host", "enhanced-mode: other"),
                ("proxies: [a, REJECT]", "proxies: [a, auto]"), ("rules: [", "rules: {"),
            ])
        {
            Assert.Contains(right, Good, StringComparison.Ordinal);
            var refused = Check(init, Good.Replace(right, wrong, StringComparison.Ordinal));
            Assert.True(refused.ExitCode == 1 && (refused.Output + refused.Error).Contains("test failed", StringComparison.Ordinal), $"{wrong}: {refused.ExitCode} {refused.Output}{refused.Error}");
        }
    }

    [Theory, MemberData(nameof(Programs))]
    public void It_answers_at_its_ports_and_reads_its_file_again(string kind)
    {
        var init = Machine(kind);
        Write(init, Good);
        using var running = init.StartInside(Program, "-d", "/var/lib/mihomo", "-f", "/etc/mihomo/config.yaml");
        init.WaitUntil(() => (string[])["7890", "7891", "7893", "9090", "1053"] is var ports && ports.All(port => IsBound(init, port)), "its ports are bound");

        Assert.EndsWith(" 401", Api(init, "/version"), StringComparison.Ordinal);
        Assert.Contains("\"meta\":true", Api(init, "/version", Secret), StringComparison.Ordinal);
        Assert.EndsWith(" 404", Api(init, "/proxies/nobody", Secret), StringComparison.Ordinal);
        var group = Api(init, "/group", Secret);
        Assert.Contains("\"type\":\"URLTest\"", group, StringComparison.Ordinal);
        Assert.Contains("\"now\":\"a\"", group, StringComparison.Ordinal);
        Assert.EndsWith(" 204", Api(init, "/proxies/pick", [.. Secret, "-X", "PUT", "-d", "{\"name\":\"b\"}"]), StringComparison.Ordinal);
        Assert.Contains("\"now\":\"b\"", Api(init, "/proxies/pick", Secret), StringComparison.Ordinal);
        Assert.EndsWith(" 400", Api(init, "/configs", [.. Secret, "-X", "PUT", "-d", "{\"payload\":\"mixed-port: nine\"}"]), StringComparison.Ordinal);

        var process = init.Processes().Single(process => process.CommandLine.StartsWith(Program, StringComparison.Ordinal));
        Write(init, Good.Replace("7890", "7899", StringComparison.Ordinal));
        Signals.Send(process.HostPid, SigHup);
        init.WaitUntil(() => IsBound(init, "7899") && !IsBound(init, "7890"), "it has the other port");
        Write(init, "mixed-port: nine");
        Signals.Send(process.HostPid, SigHup);
        Assert.Contains("\"meta\":true", Api(init, "/version", Secret), StringComparison.Ordinal);

        Signals.Send(process.HostPid, SigTerm);
        Assert.Equal(0, running.Wait(Must.Patience).Code);
    }
}
