using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render.Mihomo;

namespace Meduza.Init.Agent.Downloads;

/// <summary>All that is downloaded for this node: what is wanted of it, who asks for it anew, and what is told of it.</summary>
internal sealed class NodeDownloads(SubscriptionKeeper subscriptions, DownloadKeeper ruleFiles, DownloadKeeper geodata)
{
    /// <summary>Where MosDNS's rule files are kept.</summary>
    public const string RuleFilesPath = "/data/meduza/rules";

    public static DownloadKind RuleFile { get; } = new("rule_file", "rule file", "/global/mosdns/rule_files");

    /// <summary>Where mihomo's geographical data are kept.</summary>
    public const string GeodataPath = "/data/meduza/geodata";

    /// <summary>How often newer geographical data are looked for: as mihomo would by itself.</summary>
    private static readonly TimeSpan GeodataInterval = TimeSpan.FromDays(1);

    public static DownloadKind GeographicalData { get; } = new("geodata", "geographical data", "/global/clash/subscriptions") { Several = "geographical data" };

    private readonly DownloadKeeper[] _all = [subscriptions.Keeper, ruleFiles, geodata];
    private GatewayConfig? _config;
    private ImmutableArray<GeodataFile> _geodata = [];
    private bool _hadProxy;

    /// <summary>The refresh that is not answered yet, and what came of its parts.</summary>
    private (long Number, RefreshOutcome?[] Outcomes)? _refresh;

    public SubscriptionKeeper Subscriptions => subscriptions;

    /// <summary>Where the content of each rule file lies that is there, by its path in MosDNS's folder. The same object while nothing changes.</summary>
    public ImmutableDictionary<string, string> RuleFiles => ruleFiles.Ready;

    /// <summary>Where each file of geographical data lies that is there, by its name. The same object while nothing changes.</summary>
    public ImmutableDictionary<string, string> Geodata => geodata.Ready;

    /// <summary>True when a file of geographical data that is wanted could not be had when it was last tried.</summary>
    public bool HasNoGeodata(string name) => geodata.HasFailed(name);

    /// <summary>Why something is not the newest.</summary>
    public ImmutableArray<KeyFinding> Problems => [.. _all.SelectMany(keeper => keeper.Problems)];

    /// <summary>How it stands with each.</summary>
    public ImmutableArray<DownloadState> States => [.. _all.SelectMany(keeper => keeper.States)];

    /// <summary>Says what the keys name. What is kept of it is there when this returns.</summary>
    /// <param name="config">Null where there is no commit yet.</param>
    /// <param name="wanted">The geographical data that what was rendered of it names.</param>
    /// <param name="hasProxy">True while mihomo is there to go through.</param>
    public void Want(GatewayConfig? config, ImmutableArray<GeodataFile> wanted, bool hasProxy)
    {
        if (!ReferenceEquals(config, _config))
        {
            subscriptions.Want(config?.Clash);
            var readings = config?.Mosdns?.Readings;
            ruleFiles.Want(
                [.. (config?.Mosdns?.RuleFiles ?? []).Select(file => new WantedDownload(file.Path.ToString(), file.Url, readings!.GetValueOrDefault(file.Path.ToString())))],
                config?.Mosdns?.Refresh ?? TimeSpan.Zero);
            _config = config;
        }
        if (wanted != _geodata)
        {
            geodata.Want([.. wanted.Select(file => new WantedDownload(file.Name, file.Url))], GeodataInterval);
            _geodata = wanted;
        }
        if (hasProxy && !_hadProxy)
        {
            ruleFiles.TryAgain();
            geodata.TryAgain();
        }
        _hadProxy = hasProxy;
    }

    /// <summary>Fetches all of it now, whatever its interval is.</summary>
    /// <param name="number">Of who asks: to be found in <see cref="TakeOutcome"/> when it is over.</param>
    public void Refresh(long number)
    {
        _refresh = (number, new RefreshOutcome?[_all.Length]);
        foreach (var keeper in _all)
            keeper.Refresh(number);
    }

    /// <summary>How a refresh ended, all that it brought being there; null where none did since the last look.</summary>
    public RefreshOutcome? TakeOutcome()
    {
        if (_refresh is not var (number, outcomes))
            return null;
        for (var i = 0; i < _all.Length; i++)
            outcomes[i] ??= _all[i].TakeOutcome() is { } outcome && outcome.Number == number ? outcome : null;
        if (outcomes.Contains(null))
            return null;
        _refresh = null;
        var words = outcomes.Select(outcome => outcome!.Error ?? outcome.Text!).Where(text => text.Length > 0).ToList();
        if (outcomes.Any(outcome => outcome!.Error is not null))
            return new(number, null, string.Join("; ", words));
        return words.Count > 0 ? new(number, string.Join("; ", words), null) : new(number, null, "nothing is downloaded for this node: " + Remedy);
    }

    private const string Remedy =
        "set clash/enable, clash/active_subscription and /global/clash/subscriptions/NAME/url for a subscription, mosdns/enable and /global/mosdns/rule_files for rule files";

    /// <summary>Fetches what is wanted, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tasks = Array.ConvertAll(_all, keeper => keeper.RunAsync(life.Token));
        var ended = await Task.WhenAny(tasks);
        await life.CancelAsync();
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
    }
}
