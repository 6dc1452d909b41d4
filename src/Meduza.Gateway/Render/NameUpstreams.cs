using System.Collections.Immutable;
using System.Net;
using System.Text;

namespace Meduza.Gateway.Render;

/// <summary>A program of this machine that answers names on a port of 127.0.0.1.</summary>
/// <param name="Service">Its service.</param>
/// <param name="Port">UDP.</param>
public sealed record NameUpstream(string Service, ushort Port)
{
    /// <summary>True of one that is healthy while it answers names, and by nothing else.</summary>
    public bool IsHealthyByAnswers { get; init; }

    public IPEndPoint Address => new(IPAddress.Loopback, Port);
}

/// <summary>
/// Whom dnsmasq asks for what it does not know itself. Who of them is asked at a moment is for whoever sees them answer; this
/// says in which order, and what dnsmasq is told then.
/// </summary>
/// <param name="Programs">The preferred one first.</param>
/// <param name="Fallbacks">Resolvers elsewhere, asked where no program can be.</param>
public sealed record NameUpstreams(ImmutableArray<NameUpstream> Programs, ImmutableArray<IPAddress> Fallbacks)
{
    /// <summary>The service that asks them.</summary>
    public const string Service = "dnsmasq";

    /// <summary>What it reads at its start and on its reload signal.</summary>
    public const string ServersPath = "/run/dnsmasq/servers";

    /// <summary>The content of <see cref="ServersPath"/>: a line <c>server=ADDRESS[#PORT]</c> each, asked in this order.</summary>
    /// <param name="answers">True of a program that is to be asked.</param>
    /// <param name="isSilent">True of a fallback that does not answer: it comes after those that may.</param>
    /// <remarks>
    /// As many lines whatever is asked, the last resolver standing in for who is not. dnsmasq keeps a question with the place of
    /// the server that was asked, and puts it again to whoever has that place after a reload; what waits at a place that is
    /// gone it forgets (<c>add_update_server</c> in domain-match.c, <c>server_gone</c> in forward.c).
    /// </remarks>
    public byte[] Servers(Func<NameUpstream, bool> answers, Func<IPAddress, bool>? isSilent = null)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var lines = Programs.Where(answers).Select(program => $"{program.Address.Address}#{program.Port}").ToList();
        lines.AddRange(Fallbacks.OrderBy(address => isSilent?.Invoke(address) == true).Select(address => address.ToString()));
        for (var missing = Programs.Length + Fallbacks.Length - lines.Count; missing > 0 && lines.Count > 0; missing--)
            lines.Add(lines[^1]);
        return Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"server={line}\n")));
    }
}
