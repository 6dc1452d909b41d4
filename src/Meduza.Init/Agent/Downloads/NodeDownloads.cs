using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render.Mihomo;

namespace Meduza.Init.Agent.Downloads;

/// <summary>All that is downloaded for this node: what is wanted of it, who asks for it anew, and what is told of it.</summary>
internal sealed class NodeDownloads(SubscriptionKeeper subscriptions, FileKeeper ruleFiles, FileKeeper geodata)
{
    /// <summary>Where MosDNS's rule files are kept.</summary>
    public const string RuleFilesPath = "/data/meduza/rules";

    public static DownloadKind RuleFile { get; } = new("rule_file", "rule file", "/global/mosdns/rule_files");

    /// <summary>Where mihomo's geographical data are kept.</summary>
    public const string GeodataPath = "/data/meduza/geodata";

    /// <summary>How often newer geographical data are looked for: as mihomo would by itself.</summary>
    private static readonly TimeSpan GeodataInterval = TimeSpan.FromDays(1);

    public static DownloadKind GeographicalData { get; } = new("geodata", "geographical data", "/global/clash/subscriptions") { Several = "geographical data" };

    private GatewayConfig? _config;
    private ImmutableArray<GeodataFile> _geodata = [];
    private bool _hadProxy;

    /// <summary>The refresh that is not answered yet, and what came of its parts.</summary>
    private (long Number, RefreshOutcome? Subscription, RefreshOutcome? RuleFiles, RefreshOutcome? Geodata)? _refresh;

    public SubscriptionKeeper Subscriptions => subscriptions;

    /// <summary>Where the content of each rule file lies that is there, by its path in MosDNS's folder. The same object while nothing changes.</summary>
    public ImmutableDictionary<string, string> RuleFiles => ruleFiles.Ready;

    /// <summary>Where each file of geographical data lies that is there, by its name. The same object while nothing changes.</summary>
    public ImmutableDictionary<string, string> Geodata => geodata.Ready;

    /// <summary>Why something is not the newest.</summary>
    public ImmutableArray<KeyFinding> Problems =>
        [.. subscriptions.Problem is { } problem ? (KeyFinding[])[problem] : [], .. ruleFiles.Problems, .. geodata.Problems];

    /// <summary>How it stands with each.</summary>
    public ImmutableArray<DownloadState> States => [.. subscriptions.State is { } state ? (DownloadState[])[state] : [], .. ruleFiles.States, .. geodata.States];

    /// <summary>Says what the keys name. What is kept of it is there when this returns.</summary>
    /// <param name="config">Null where there is no commit yet.</param>
    /// <param name="wanted">The geographical data that what was rendered of it names.</param>
    /// <param name="hasProxy">True while mihomo is there to go through.</param>
    public void Want(GatewayConfig? config, ImmutableArray<GeodataFile> wanted, bool hasProxy)
    {
        if (!ReferenceEquals(config, _config))
        {
            subscriptions.Want(config?.Clash);
            ruleFiles.Want(
                [.. (config?.Mosdns?.RuleFiles ?? []).Select(file => new WantedFile(file.Path.ToString(), file.Url))],
                config?.Mosdns?.Refresh ?? TimeSpan.Zero);
            _config = config;
        }
        if (wanted != _geodata)
        {
            geodata.Want([.. wanted.Select(file => new WantedFile(file.Name, file.Url))], GeodataInterval);
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
        _refresh = (number, null, null, null);
        subscriptions.Refresh(number);
        ruleFiles.Refresh(number);
        geodata.Refresh(number);
    }

    /// <summary>How a refresh ended, all that it brought being there; null where none did since the last look.</summary>
    public RefreshOutcome? TakeOutcome()
    {
        if (_refresh is not var (number, subscription, files, data))
            return null;
        subscription ??= Of(subscriptions.TakeOutcome());
        files ??= Of(ruleFiles.TakeOutcome());
        data ??= Of(geodata.TakeOutcome());
        _refresh = (number, subscription, files, data);
        if (subscription is null || files is null || data is null)
            return null;
        _refresh = null;
        RefreshOutcome[] all = [subscription, files, data];
        if (all.Any(outcome => outcome.Error is not null))
            return new(number, null, string.Join("; ", all.Select(outcome => outcome.Error ?? outcome.Text).Where(text => text is { Length: > 0 })));
        var words = all.Select(outcome => outcome.Text!).Where(text => text.Length > 0).ToList();
        return words.Count > 0 ? new(number, string.Join("; ", words), null) : new(number, null, "nothing is downloaded for this node: " + Remedy);

        RefreshOutcome? Of(RefreshOutcome? outcome) => outcome?.Number == number ? outcome : null;
    }

    private const string Remedy =
        "set clash/enable, clash/active_subscription and /global/clash/subscriptions/NAME/url for a subscription, mosdns/enable and /global/mosdns/rule_files for rule files";

    /// <summary>Fetches what is wanted, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] tasks = [subscriptions.RunAsync(life.Token), ruleFiles.RunAsync(life.Token), geodata.RunAsync(life.Token)];
        var ended = await Task.WhenAny(tasks);
        await life.CancelAsync();
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
    }
}
