using System.Runtime.InteropServices;
using Meduza.Linux.Files;
using static Meduza.Linux.Process.Native.CapabilityHeader;

namespace Meduza.Linux.Process;

/// <summary>
/// Who the program is and what it may: credentials(7), capabilities(7). A program of another user gets its capabilities as
/// ambient ones, the only kind that outlives execve(2) without marks on the file. Root gets at execve(2) whatever the
/// bounding set leaves it, and so needs no more than that set.
/// </summary>
internal static partial class ExecStage
{
    /// <summary>Numbers of the names in a specification.</summary>
    /// <param name="Uid">Null keeps root.</param>
    /// <param name="Gid">Null keeps the group.</param>
    /// <param name="Groups">Null keeps the other groups.</param>
    private readonly record struct Identity(uint? Uid, uint? Gid, uint[]? Groups);

    /// <returns>Null where there is none: the list then ends with the failure.</returns>
    private static Identity? Find(StageList list, ExecSpec spec)
    {
        if (spec.User is null && spec.Group is null && spec.Groups is null)
            return default(Identity);
        Accounts accounts;
        try
        {
            accounts = Accounts.Read();
        }
        catch (LinuxException e)
        {
            return Refused(list, ExecStep.Accounts, e.Errno, e.Subject);
        }
        Account? account = null;
        if (spec.User is { } user && (account = accounts.FindUser(user)) is null)
            return Refused(list, ExecStep.User, 0, user);
        var primary = account?.Gid;
        if (spec.Group is { } group && (primary = accounts.FindGroup(group)) is null)
            return Refused(list, ExecStep.Group, 0, group);

        IReadOnlyList<uint>? all = account is null ? null : accounts.GroupsOf(account with { Gid = primary ?? account.Gid });
        if (spec.Groups is { } named)
        {
            var numbers = new List<uint>();
            foreach (var name in named)
            {
                if (accounts.FindGroup(name) is not { } number)
                    return Refused(list, ExecStep.Group, 0, name);
                numbers.Add(number);
            }
            all = numbers;
        }
        return new(account?.Uid, primary, all?.ToArray());
    }

    private static Identity? Refused(StageList list, ExecStep step, int errno, string subject)
    {
        list.Failure(step, errno, subject);
        return null;
    }

    /// <summary>Leaves in the bounding set what the specification names, and refuses when not even that is there.</summary>
    /// <returns>False when the list ends with the refusal.</returns>
    private static bool BoundCapabilities(StageList list, ExecSpec spec)
    {
        if (spec.Capabilities is not { } wanted)
            return true;
        try
        {
            if (wanted.Without(CapabilitySet.Own()).First is { } missing)
            {
                list.Failure(ExecStep.Capability, 0, missing.ToString());
                return false;
            }
        }
        catch (LinuxException e)
        {
            list.Failure(ExecStep.Capability, e.Errno, wanted.ToString());
            return false;
        }
        for (var rest = CapabilitySet.Bounding().Without(wanted); rest.First is { } dropped; rest = rest.Without(CapabilitySet.Of(dropped)))
            list.Call(StageCall.Prctl, ExecStep.Capability, dropped.ToString(), PR_CAPBSET_DROP, (int)dropped);
        return true;
    }

    private static void TakeIdentity(StageList list, ExecSpec spec, Identity identity)
    {
        var name = spec.User ?? spec.Group ?? "";
        if (identity.Groups is { } groups)
            list.Call(StageCall.Setgroups, ExecStep.Groups, name, groups.Length, list.Bytes(MemoryMarshal.AsBytes(groups.AsSpan())));
        if (identity.Gid is { } gid)
            list.Call(StageCall.Setresgid, ExecStep.Groups, name, gid, gid, gid);
        if (identity.Uid is not { } uid)
            return;
        // Otherwise the change of the user would take the capabilities that are to be kept.
        if (spec.Capabilities is not null)
            list.Call(StageCall.Prctl, ExecStep.User, name, PR_SET_KEEPCAPS, 1);
        list.Call(StageCall.Setresuid, ExecStep.User, name, uid, uid, uid);
    }

    private static void TakeCapabilities(StageList list, ExecSpec spec, Identity identity)
    {
        if (spec.Capabilities is not { } wanted)
            return;
        var isRoot = identity.Uid is null or 0;
        var header = new CapabilityHead { Version = Version3 };
        Span<CapabilityData> data = stackalloc CapabilityData[DataCount];
        for (var word = 0; word < DataCount; word++)
        {
            var bits = (uint)(wanted.Bits >> (32 * word));
            data[word] = new() { Effective = bits, Permitted = bits, Inheritable = isRoot ? 0 : bits };
        }
        var subject = wanted.ToString();
        list.Call(
            StageCall.Capset, ExecStep.Capability, subject,
            list.Bytes(MemoryMarshal.AsBytes(new ReadOnlySpan<CapabilityHead>(in header))), list.Bytes(MemoryMarshal.AsBytes(data)));
        list.Call(StageCall.Prctl, ExecStep.Capability, subject, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL);
        for (var rest = isRoot ? CapabilitySet.None : wanted; rest.First is { } raised; rest = rest.Without(CapabilitySet.Of(raised)))
            list.Call(StageCall.Prctl, ExecStep.Capability, raised.ToString(), PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, (int)raised);
    }
}
