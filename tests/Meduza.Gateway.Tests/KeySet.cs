using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests;

/// <summary>Keys of a fleet, put together step by step; each step gives a new set.</summary>
internal sealed record KeySet(Snapshot Snapshot)
{
    public static KeySet Empty { get; } = new(Snapshot.Empty);

    public KeySet With(string key, string value) => With(key, Encoding.UTF8.GetBytes(value));

    public KeySet With(string key, ReadOnlyMemory<byte> value) => new(Snapshot with { Keys = Snapshot.Keys.SetItem(key, value) });

    /// <summary>Sets keys below a prefix.</summary>
    public KeySet With(string prefix, params (string Key, string Value)[] keys) =>
        keys.Aggregate(this, (set, pair) => set.With(prefix + pair.Key, pair.Value));

    public KeySet Without(string key) => new(Snapshot with { Keys = Snapshot.Keys.Remove(key) });

    public ParseResult Parse(string node = "gw-a") => ConfigParser.Parse(Snapshot, node);

    /// <summary>The configuration; a test that asks for it has keys without errors.</summary>
    public GatewayConfig Config(string node = "gw-a")
    {
        var result = Parse(node);
        Assert.True(result.Config is not null, string.Join('\n', result.Errors));
        return result.Config;
    }

    public DesiredState Render(string node = "gw-a", Machine? machine = null) => Renderer.Render(Config(node), machine ?? new Machine());
}
