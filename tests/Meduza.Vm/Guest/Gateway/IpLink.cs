using System.Text.Json;
using Meduza.Linux.Process;

namespace Meduza.Vm.Guest;

/// <summary>A device as iproute2 shows it.</summary>
/// <param name="Addresses">With their lengths, those that the kernel gave it left out.</param>
internal sealed record IpLink(int Index, int Mtu, string Alias, bool Up, string Addresses)
{
    private const string Ip = "/usr/bin/ip";

    /// <summary>Null where there is no such device.</summary>
    public static IpLink? Of(string device)
    {
        var result = Command.Run(Ip, ["-json", "-details", "address", "show", "dev", device], Waiting.Limit);
        if (result.ExitCode != 0)
            return null;
        using var document = JsonDocument.Parse(result.Output);
        var link = document.RootElement[0];
        return new(
            link.GetProperty("ifindex").GetInt32(), link.GetProperty("mtu").GetInt32(),
            link.TryGetProperty("ifalias", out var alias) ? alias.GetString()! : "",
            link.GetProperty("flags").EnumerateArray().Any(f => f.GetString() == "UP"),
            string.Join(' ', link.GetProperty("addr_info").EnumerateArray()
                .Where(a => a.GetProperty("scope").GetString() == "global")
                .Select(a => $"{a.GetProperty("local").GetString()}/{a.GetProperty("prefixlen").GetInt32()}")));
    }

    public static void Run(params string[] arguments)
    {
        var result = Command.Run(Ip, arguments, Waiting.Limit);
        Require.That(result.ExitCode == 0, result.Error);
    }
}
