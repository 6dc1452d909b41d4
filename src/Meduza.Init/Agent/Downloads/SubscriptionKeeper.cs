using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Downloads;

/// <summary>A subscription that came, and is to be taken or refused.</summary>
/// <param name="Name">Of the subscription.</param>
/// <param name="Copy">What came.</param>
internal sealed record SubscriptionCandidate(string Name, Download Copy)
{
    public ReadOnlyMemory<byte> Text => Copy.Content;
}

/// <summary>
/// The subscription that the keys name, of what is downloaded the one thing that is judged: the loop renders with the candidate,
/// asks the program about it, and takes or refuses it.
/// </summary>
/// <param name="keeper">Keeps it, and nothing else.</param>
/// <param name="source">Of that.</param>
internal sealed partial class SubscriptionKeeper(DownloadKeeper keeper, SubscriptionSource source, ILogger log)
{
    public const string DefaultPath = "/data/meduza/subscriptions";

    public static DownloadKind Kind { get; } = new("subscription", "subscription", $"/global/clash/subscriptions/{DownloadKind.NameInKey}/url");

    public DownloadKeeper Keeper => keeper;

    /// <summary>What came and was not judged yet; null where nothing did.</summary>
    public SubscriptionCandidate? Candidate => keeper.Candidate is var (name, copy) ? new(name, (Download)copy) : null;

    /// <summary>What there is to render with: the candidate where it is of that subscription, and otherwise what is kept.</summary>
    public ImmutableDictionary<string, ReadOnlyMemory<byte>> TextsFor(ClashConfig clash, SubscriptionCandidate? candidate)
    {
        var none = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty;
        if (clash.Subscription?.ToString() is not { } name)
            return none;
        if (candidate?.Name == name)
            return none.Add(name, candidate.Text);
        return (keeper.InUse(name) ?? source.Load(new(name, ""), LogUnusable)) is Download kept ? none.Add(name, kept.Content) : none;
    }

    /// <summary>Says what the keys name. What is kept of it is there when this returns.</summary>
    public void Want(ClashConfig? clash) => keeper.Want(
        clash is { Subscription: { } name, SubscriptionUrl: { } url } ? [new(name.ToString(), url.Reveal())] : [],
        clash is { RefreshEnabled: true } ? clash.RefreshInterval : null);

    /// <summary>True when the one that the keys name is there, or could not be had, or none is named.</summary>
    public bool HasOutcome(ClashConfig clash) =>
        clash is not { Subscription: { } name, SubscriptionUrl: not null } || keeper.InUse(name.ToString()) is not null || keeper.HasFailed(name.ToString());

    /// <summary>The candidate is in use from now on, and kept.</summary>
    public void Take(SubscriptionCandidate candidate) => keeper.Take(candidate.Copy);

    /// <summary>The candidate is not used, and what was there stays.</summary>
    /// <param name="candidate">Which.</param>
    /// <param name="reason">Why, in one line without anything of it.</param>
    public void Refuse(SubscriptionCandidate candidate, string reason) => keeper.Refuse(candidate.Copy, reason);

    [LoggerMessage(403, LogLevel.Warning, "{Problem}")]
    private partial void LogUnusable(string problem);
}
