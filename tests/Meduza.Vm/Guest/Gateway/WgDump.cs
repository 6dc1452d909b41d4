using System.Globalization;
using Meduza.Linux.Process;

namespace Meduza.Vm.Guest;

/// <summary>A device as <c>wg show DEVICE dump</c> tells it.</summary>
internal sealed record WgDump(string PrivateKey, string PublicKey, int ListenPort, IReadOnlyDictionary<string, WgDump.Peer> Peers)
{
    private const string Wg = "/usr/bin/wg";

    /// <param name="Handshake">In seconds since 1970; 0 for none.</param>
    public sealed record Peer(string PresharedKey, string Endpoint, string AllowedIps, long Handshake, long Received, long Sent, string Keepalive);

    /// <summary>Null where there is no such device.</summary>
    public static WgDump? Of(string device)
    {
        var result = Command.Run(Wg, ["show", device, "dump"], Waiting.Limit);
        if (result.ExitCode != 0)
            return null;
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();
        return new(lines[0][0], lines[0][1], int.Parse(lines[0][2], CultureInfo.InvariantCulture), lines.Skip(1).ToDictionary(
            f => f[0], f => new Peer(f[1], f[2], f[3], Number(f[4]), Number(f[5]), Number(f[6]), f[7])));
    }

    public static (string Private, string Public) NewKey()
    {
        var secret = Run(["genkey"]);
        return (secret, Run(["pubkey"], secret));
    }

    public static string Run(string[] arguments, string? input = null)
    {
        var result = Command.Run(Wg, arguments, Waiting.Limit, input);
        Require.That(result.ExitCode == 0, result.Error);
        return result.Output.Trim();
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
