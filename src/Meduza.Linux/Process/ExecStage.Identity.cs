using Meduza.Linux.Files;
using Tmds.Linux;
using static Meduza.Linux.Process.Native.CapabilityHeader;
using static Meduza.Linux.Process.Native.ExecHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>
/// Who the program is and what it may: credentials(7), capabilities(7). A program of another user gets its capabilities as
/// ambient ones, the only kind that outlives execve(2) without marks on the file. Root gets at execve(2) whatever the
/// bounding set leaves it, and so needs no more than that set.
/// </summary>
public static unsafe partial class ExecStage
{
    /// <summary>Numbers of the names in a specification.</summary>
    /// <param name="Uid">Null keeps root.</param>
    /// <param name="Gid">Null keeps the group.</param>
    /// <param name="Groups">Null keeps the other groups.</param>
    private readonly record struct Identity(uint? Uid, uint? Gid, gid_t[]? Groups);

    private static ExecReport? Find(ExecSpec spec, ref Identity identity)
    {
        if (spec.User is null && spec.Group is null && spec.Groups is null)
            return null;
        Accounts accounts;
        try
        {
            accounts = Accounts.Read();
        }
        catch (LinuxException e)
        {
            return new(ExecStep.Accounts, e.Errno, e.Subject);
        }
        Account? account = null;
        if (spec.User is { } user && (account = accounts.FindUser(user)) is null)
            return new(ExecStep.User, 0, user);
        var primary = account?.Gid;
        if (spec.Group is { } group && (primary = accounts.FindGroup(group)) is null)
            return new(ExecStep.Group, 0, group);

        IReadOnlyList<uint>? all = account is null ? null : accounts.GroupsOf(account with { Gid = primary ?? account.Gid });
        if (spec.Groups is { } named)
        {
            var numbers = new List<uint>();
            foreach (var name in named)
            {
                if (accounts.FindGroup(name) is not { } number)
                    return new(ExecStep.Group, 0, name);
                numbers.Add(number);
            }
            all = numbers;
        }
        identity = new(account?.Uid, primary, all?.Select(id => (gid_t)id).ToArray());
        return null;
    }

    /// <summary>Leaves in the bounding set what the specification names, and refuses when not even that is there.</summary>
    private static ExecReport? BoundCapabilities(ExecSpec spec)
    {
        if (spec.Capabilities is not { } wanted)
            return null;
        try
        {
            if (wanted.Without(CapabilitySet.Own()).First is { } missing)
                return new(ExecStep.Capability, 0, missing.ToString());
        }
        catch (LinuxException e)
        {
            return new(ExecStep.Capability, e.Errno, wanted.ToString());
        }
        // The kernel's last one is where reading fails.
        for (var n = 0; n < 64 && prctl(PR_CAPBSET_READ, (nuint)n, 0, 0, 0) is var held and >= 0; n++)
        {
            if (held == 1 && !wanted.Has((Capability)n) && prctl(PR_CAPBSET_DROP, (nuint)n, 0, 0, 0) != 0)
                return Failure(ExecStep.Capability, ((Capability)n).ToString());
        }
        return null;
    }

    private static ExecReport? TakeIdentity(ExecSpec spec, Identity identity)
    {
        var name = spec.User ?? spec.Group ?? "";
        fixed (gid_t* first = identity.Groups)
        {
            if (identity.Groups is { } groups && setgroups((size_t)groups.Length, first) != 0)
                return Failure(ExecStep.Groups, name);
        }
        if (identity.Gid is { } gid && setresgid(gid, gid, gid) != 0)
            return Failure(ExecStep.Groups, name);
        if (identity.Uid is not { } uid)
            return null;
        // Otherwise the change of the user would take the capabilities that are to be kept.
        if (spec.Capabilities is not null && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
            return Failure(ExecStep.User, name);
        return setresuid(uid, uid, uid) != 0 ? Failure(ExecStep.User, name) : null;
    }

    private static ExecReport? TakeCapabilities(ExecSpec spec, Identity identity)
    {
        if (spec.Capabilities is not { } wanted)
            return null;
        var isRoot = identity.Uid is null or 0;
        var header = new CapabilityHead { Version = Version3 };
        var data = stackalloc CapabilityData[DataCount];
        for (var word = 0; word < DataCount; word++)
        {
            var bits = (uint)(wanted.Bits >> (32 * word));
            data[word] = new() { Effective = bits, Permitted = bits, Inheritable = isRoot ? 0 : bits };
        }
        if (capset(&header, data) != 0)
            return Failure(ExecStep.Capability, wanted.ToString());
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
            return Failure(ExecStep.Capability, wanted.ToString());
        for (var n = 0; n < 64 && !isRoot; n++)
        {
            if (wanted.Has((Capability)n) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, (nuint)n, 0, 0) != 0)
                return Failure(ExecStep.Capability, ((Capability)n).ToString());
        }
        return null;
    }
}
