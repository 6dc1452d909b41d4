using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Mosdns;
using Meduza.Gateway.Model.Values;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Downloads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meduza.Init.Tests.Agent.Downloads;

/// <summary>All that is downloaded, together: what whoever asks for it anew is told.</summary>
public sealed class NodeDownloadsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"meduza-test-{Guid.NewGuid():N}");
    private readonly Triggers _triggers = new();
    private readonly CancellationTokenSource _end = new();
    private readonly SubscriptionKeeper _subscriptions;
    private readonly DownloadKeeper _texts, _ruleFiles, _geodata;
    private readonly NodeDownloads _downloads;
    private readonly Task _running;
    private bool _serverIsUp = true;

    public NodeDownloadsTests()
    {
        var clock = new ManualClock();
        var transfers = new Transfers(_triggers, clock);
        var source = new SubscriptionSource(new(_path), (_, _, _, _) => Task.FromResult(new Fetched("proxies: [{name: a, type: direct}]\n"u8.ToArray(), Validators.None)), clock);
        _texts = new(SubscriptionKeeper.Kind, source, transfers, _triggers, clock, new Random(1), NullLogger.Instance);
        _subscriptions = new(_texts, source, NullLogger.Instance);
        _ruleFiles = new(NodeDownloads.RuleFile, new FilesOf(new(_path, "boot"), FetchAsync), transfers, _triggers, clock, new Random(1), NullLogger.Instance);
        _geodata = new(NodeDownloads.GeographicalData, new FilesOf(new(_path, "boot"), FetchAsync), transfers, _triggers, clock, new Random(1), NullLogger.Instance);
        _downloads = new(_subscriptions, _ruleFiles, _geodata);
        _running = _downloads.RunAsync(_end.Token);
    }

    public void Dispose()
    {
        _end.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _running.GetAwaiter().GetResult());
        _texts.Dispose();
        _ruleFiles.Dispose();
        _geodata.Dispose();
        _end.Dispose();
        _triggers.Dispose();
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }

    private Task<FetchedCopy> FetchAsync(string name, string url, KeptCopy? had, CancellationToken cancellation) => _serverIsUp
        ? Task.FromResult(new FetchedCopy(new KeptFile($"/kept/{name}", 1, "1", Validators.None, DownloadFolder.Mark(url), 0), had is null, "directly"))
        : Task.FromException<FetchedCopy>(new FetchException("x cannot be asked for it: it refuses connections"));

    private static GatewayConfig Config(bool subscription = true, bool ruleFiles = true) => new()
    {
        Node = InstanceName.TryParse("gw", out var node) ? node : default,
        Clash = subscription ? new() { Subscription = InstanceName.TryParse("main", out var name) ? name : default, SubscriptionUrl = new Secret("https://x/sub") } : null,
        Mosdns = ruleFiles ? new MosdnsConfig { RuleFiles = [new(RelativePath.TryParse("a.txt", out var path) ? path : default, "https://x/a")] } : null,
    };

    private RefreshOutcome Outcome(long number)
    {
        _downloads.Refresh(number);
        RefreshOutcome? outcome = null;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                if (_subscriptions.Candidate is { } candidate)
                    _subscriptions.Take(candidate);
                return (outcome = _downloads.TakeOutcome()) is not null;
            },
            Patience));
        return outcome!;
    }

    [Fact]
    public void Who_asks_for_all_of_it_is_told_of_each_and_of_nothing_else()
    {
        Assert.StartsWith("nothing is downloaded for this node: set clash/enable", Outcome(1).Error, StringComparison.Ordinal);
        _downloads.Want(Config(ruleFiles: false), [], hasProxy: false);
        Assert.StartsWith("subscription 'main': ", Outcome(2).Text, StringComparison.Ordinal);
        _downloads.Want(Config(subscription: false), [], hasProxy: false);
        Assert.True(SpinWait.SpinUntil(() => _downloads.RuleFiles.Count == 1, Patience));
        Assert.Equal(new(3, "rule file 'a.txt': not modified", null), Outcome(3));
        _downloads.Want(Config(), [], hasProxy: false);
        Assert.Equal(new(4, "subscription 'main': not modified; rule file 'a.txt': not modified", null), Outcome(4));
        _downloads.Want(Config(), [new("ASN.mmdb", "https://x/asn")], hasProxy: false);
        Assert.True(SpinWait.SpinUntil(() => _downloads.Geodata.Count == 1, Patience));
        Assert.EndsWith("; geographical data 'ASN.mmdb': not modified", Outcome(5).Text, StringComparison.Ordinal);
        Assert.Equal(["subscription main", "rule_file a.txt", "geodata ASN.mmdb"], _downloads.States.Select(state => $"{state.Kind} {state.Name}"));
    }

    [Fact]
    public void One_that_fails_makes_it_a_failure_that_tells_of_the_others_too()
    {
        _downloads.Want(Config(), [], hasProxy: false);
        Outcome(1);
        _serverIsUp = false;
        Assert.Equal(
            new(2, null, "subscription 'main': not modified; rule file 'a.txt': x cannot be asked for it: it refuses connections; the one before stays in use, and it is fetched again"),
            Outcome(2));
        Assert.Equal("/global/mosdns/rule_files", Assert.Single(_downloads.Problems).Key);

        // A proxy that has come is another way.
        _serverIsUp = true;
        _downloads.Want(Config(), [], hasProxy: true);
        Assert.True(SpinWait.SpinUntil(() => _downloads.Problems.IsEmpty, Patience));
    }
}
