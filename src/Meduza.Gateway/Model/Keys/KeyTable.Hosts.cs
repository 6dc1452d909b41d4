using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    public static Key<ImmutableArray<IPAddress>> HostRecord { get; } = new(
        "/dns/hosts/<HOSTNAME>", Kinds.ListOf(Kinds.Address), "Addresses of that name; watched live, without a commit.");
}
