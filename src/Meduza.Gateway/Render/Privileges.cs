using System.Collections.Immutable;

namespace Meduza.Gateway.Render;

/// <summary>Who a service's process is, and what it may do: credentials(7), capabilities(7). By default it is root, unbounded.</summary>
public sealed record Privileges
{
    /// <summary>By name; null is root.</summary>
    public string? User { get; init; }

    /// <summary>The primary group, by name; null is the user's own.</summary>
    public string? Group { get; init; }

    /// <summary>All other groups, by name; null is those that <c>/etc/group</c> has the user in.</summary>
    public ImmutableArray<string>? Groups { get; init; }

    /// <summary>
    /// The capabilities that the program gets, and the most that it and its children can ever have (<c>CAP_NET_ADMIN</c>);
    /// null leaves root all that PID 1 has, and another user none.
    /// </summary>
    public ImmutableArray<string>? Capabilities { get; init; }

    /// <summary>True to take from it every way to gain privileges by executing a program (prctl(2), <c>PR_SET_NO_NEW_PRIVS</c>).</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>Path of the network namespace that it runs in: <c>/run/netns/NAME</c>; null is PID 1's.</summary>
    public string? NetworkNamespace { get; init; }

    public bool Equals(Privileges? other) =>
        other is not null
        && User == other.User
        && Group == other.Group
        && Same(Groups, other.Groups)
        && Same(Capabilities, other.Capabilities)
        && NoNewPrivileges == other.NoNewPrivileges
        && NetworkNamespace == other.NetworkNamespace;

    public override int GetHashCode() => HashCode.Combine(User, Group, Groups?.Length, Capabilities?.Length, NoNewPrivileges, NetworkNamespace);

    private static bool Same(ImmutableArray<string>? one, ImmutableArray<string>? other) =>
        one is { } a ? other is { } b && a.SequenceEqual(b) : other is null;
}
