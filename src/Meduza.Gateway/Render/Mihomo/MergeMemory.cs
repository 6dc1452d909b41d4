using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Render.Mihomo;

/// <summary>Of what a configuration is merged; of geographical data, the names of what there is, null for all. Texts are the same when they are the same memory: nobody changes one.</summary>
internal readonly record struct MergeSource(ReadOnlyMemory<byte> Shipped, ReadOnlyMemory<byte>? Subscription, ClashMode Mode, Secret? Secret, string? Geodata);

/// <summary>A merged configuration.</summary>
/// <param name="Text">As the file has it.</param>
/// <param name="Api">How it is asked how it is.</param>
/// <param name="Servers">Where its proxies are.</param>
/// <param name="Notes">What of the subscription was not taken.</param>
internal sealed record MergedConfig(ReadOnlyMemory<byte> Text, MihomoApi Api, ProxyServers Servers, ImmutableArray<string> Notes)
{
    /// <summary>The geographical data that it needs, or would if it were there.</summary>
    public ImmutableArray<GeodataFile> Geodata { get; init; } = [];
}

/// <summary>
/// The last configuration that was merged. A subscription has megabytes, and most commits change nothing of what it is
/// merged with: it is not read and written anew for each of them.
/// </summary>
internal sealed class MergeMemory
{
    private volatile Entry? _last;

    public MergedConfig Get(MergeSource source, Func<MergeSource, MergedConfig> merge)
    {
        if (_last is { } last && last.Source == source)
            return last.Config;
        var config = merge(source);
        _last = new(source, config);
        return config;
    }

    private sealed record Entry(MergeSource Source, MergedConfig Config);
}
