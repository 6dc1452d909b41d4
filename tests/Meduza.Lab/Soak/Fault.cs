using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Soak;

internal enum FaultKind
{
    /// <summary>SIGKILL of an agent; PID 1 starts another one.</summary>
    AgentKilled,

    /// <summary>SIGKILL of a member of etcd.</summary>
    MemberKilled,

    /// <summary>SIGSTOP of a member of etcd: it answers nothing, and no connection ends.</summary>
    MemberFrozen,

    /// <summary>A member of etcd whose packets are all dropped: it runs, and is in no majority.</summary>
    MemberCut,

    /// <summary>A member of etcd that clients reach, and the other members do not: it answers, and knows nothing new.</summary>
    MemberParted,

    /// <summary>A gateway whose link is down.</summary>
    LinkDown,

    /// <summary>A gateway whose packets are all dropped, in silence.</summary>
    LinkSilent,
}

/// <summary>Something that goes wrong, and how long that lasts.</summary>
/// <param name="Target">A node, or the number of a member of etcd.</param>
/// <param name="Steps">How many steps later it is mended; 0 where there is nothing to mend.</param>
internal sealed record Fault(FaultKind Kind, string Target, int Steps)
{
    /// <summary>Draws one.</summary>
    public static Fault Draw(Random random)
    {
        var kind = random.Next(10) switch
        {
            < 3 => FaultKind.AgentKilled,
            3 => FaultKind.MemberKilled,
            4 or 5 => FaultKind.MemberFrozen,
            6 => FaultKind.MemberCut,
            7 => FaultKind.MemberParted,
            8 => FaultKind.LinkDown,
            _ => FaultKind.LinkSilent,
        };
        return Of(kind, random);
    }

    /// <summary>One of a kind.</summary>
    public static Fault Of(FaultKind kind, Random random)
    {
        var isMember = kind is FaultKind.MemberKilled or FaultKind.MemberFrozen or FaultKind.MemberCut or FaultKind.MemberParted;
        var target = isMember ? $"{random.Next(3)}" : ModelFleet.Nodes[random.Next(ModelFleet.Nodes.Count)];
        return new(kind, target, kind == FaultKind.AgentKilled ? 0 : 1 + random.Next(8));
    }

    public void Begin(ModelFleet fleet)
    {
        switch (Kind)
        {
            case FaultKind.AgentKilled:
                // One that was killed just before may not be back yet.
                if (fleet.Gateway(Target).Agent() is { } agent)
                    Signals.Send(agent.HostPid, 9);
                break;
            case FaultKind.MemberKilled:
                Member(fleet).Stop(9);
                break;
            case FaultKind.MemberFrozen:
                Member(fleet).Freeze();
                break;
            case FaultKind.MemberCut:
                fleet.Lab.Core.Ip($"link set {Member(fleet).Name} nomaster");
                break;
            case FaultKind.MemberParted:
                Part(fleet, "-A");
                break;
            case FaultKind.LinkDown:
                fleet.Lab.Core.Ip($"link set {Target} down");
                break;
            case FaultKind.LinkSilent:
                fleet.Lab.Core.Ip($"link set {Target} nomaster");
                break;
        }
    }

    public void Mend(ModelFleet fleet)
    {
        switch (Kind)
        {
            case FaultKind.MemberKilled:
                fleet.Lab.Etcd.Start();
                break;
            case FaultKind.MemberFrozen:
                Member(fleet).Thaw();
                break;
            case FaultKind.MemberCut:
                fleet.Lab.Core.Ip($"link set {Member(fleet).Name} master br0");
                break;
            case FaultKind.MemberParted:
                Part(fleet, "-D");
                break;
            case FaultKind.LinkDown:
                fleet.Lab.Core.Ip($"link set {Target} up");
                break;
            case FaultKind.LinkSilent:
                fleet.Lab.Core.Ip($"link set {Target} master br0");
                break;
        }
    }

    public override string ToString() => $"{Kind} {Target}{(Steps > 0 ? $" for {Steps} steps" : "")}";

    /// <summary>Drops, or no longer, what goes to a port at which members hear each other.</summary>
    private void Part(ModelFleet fleet, string operation)
    {
        foreach (var chain in (string[])["INPUT", "OUTPUT"])
            Must.Run([.. Member(fleet).Network.Command("iptables", operation, chain, "-p", "tcp", "--dport", "2380", "-j", "DROP")]);
    }

    private EtcdMember Member(ModelFleet fleet) => fleet.Lab.Etcd.Members[Target[0] - '0'];
}
