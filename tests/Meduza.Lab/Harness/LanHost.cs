using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>A machine in a LAN behind a gateway; a network namespace with a default route.</summary>
public sealed class LanHost(NetworkNamespace network, string address) : IDisposable
{
    public NetworkNamespace Network => network;
    public string Address => address;

    /// <summary>Pings once, and waits a second for the answer.</summary>
    public CommandResult Ping(string target) => network.Run("ping", "-n", "-c", "1", "-W", "1", target);

    /// <summary>Pings until an answer comes.</summary>
    /// <returns>What ping said of the answered one.</returns>
    /// <exception cref="LabException">None came in time.</exception>
    public string PingUntilAnswered(string target, TimeSpan timeout)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (true)
        {
            var result = Ping(target);
            if (result.ExitCode == 0)
                return result.Output;
            if (Environment.TickCount64 > deadline)
                throw new LabException($"{address} gets no answer from {target} after {timeout.TotalSeconds:0} s\n{result.Output}");
            // An unreachable destination is told at once.
            Thread.Sleep(200);
        }
    }

    /// <summary>The IPv4 addresses that a name server gives for a name, in its order; empty when it has none.</summary>
    public IReadOnlyList<string> Resolve(string name, string server)
    {
        // Its own resolv.conf, in a mount namespace that ends with the question.
        const string Ask = "d=$(mktemp) && echo \"nameserver $1\" > $d && mount --bind $d /etc/resolv.conf && rm $d && getent ahostsv4 \"$2\"";
        var answer = network.Run("unshare", "--mount", "sh", "-c", Ask, "sh", server, name);
        return [.. answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]).Distinct()];
    }

    public void Dispose() => network.Dispose();
}
