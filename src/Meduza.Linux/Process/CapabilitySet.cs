using System.Numerics;
using static Meduza.Linux.Process.Native.CapabilityHeader;
using static Meduza.Linux.Process.Native.ExecHeader;

namespace Meduza.Linux.Process;

/// <summary>A set of capabilities, a bit each, as <c>/proc/PID/status</c> shows them in hexadecimal.</summary>
public readonly record struct CapabilitySet(ulong Bits)
{
    public static CapabilitySet None => default;

    /// <summary>A set of those named.</summary>
    public static CapabilitySet Of(params ReadOnlySpan<Capability> capabilities)
    {
        var bits = 0UL;
        foreach (var capability in capabilities)
            bits |= 1UL << (int)capability;
        return new(bits);
    }

    /// <summary>Reads one name, spelled as C does: <c>CAP_NET_ADMIN</c>.</summary>
    public static bool TryParse(string? name, out Capability capability) =>
        Enum.TryParse(name, out capability) && Enum.IsDefined(capability) && capability.ToString() == name;

    public bool Has(Capability capability) => (Bits >> (int)capability & 1) != 0;

    public CapabilitySet And(CapabilitySet other) => new(Bits & other.Bits);

    /// <summary>Those of this set that the other one lacks.</summary>
    public CapabilitySet Without(CapabilitySet other) => new(Bits & ~other.Bits);

    /// <summary>The one with the lowest number; null when there is none.</summary>
    public Capability? First => Bits == 0 ? null : (Capability)BitOperations.TrailingZeroCount(Bits);

    /// <summary>
    /// What this thread may give to a program: its bounding set, as far as it is permitted too.
    /// </summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static unsafe CapabilitySet Own()
    {
        var header = new CapabilityHead { Version = Version3 };
        var data = stackalloc CapabilityData[DataCount];
        if (capget(&header, data) != 0)
            throw LinuxException.Last("capget", "own process");
        return Bounding().And(new(data[0].Permitted | (ulong)data[1].Permitted << 32));
    }

    /// <summary>The bounding set of this thread (<c>PR_CAPBSET_READ</c>).</summary>
    public static CapabilitySet Bounding()
    {
        var bits = 0UL;
        // The kernel's last one is where reading fails.
        for (var n = 0; n < 64 && prctl(PR_CAPBSET_READ, (nuint)n, 0, 0, 0) is var held and >= 0; n++)
            bits |= (ulong)held << n;
        return new(bits);
    }

    public override string ToString() => Bits == 0 ? "none" : string.Join(' ', All());

    private IEnumerable<Capability> All()
    {
        for (var rest = Bits; rest != 0; rest &= rest - 1)
            yield return (Capability)BitOperations.TrailingZeroCount(rest);
    }
}
