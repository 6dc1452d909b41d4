using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render.Mihomo;

namespace Meduza.Gateway.Tests.Render;

public sealed class MergeMemoryTests
{
    private static readonly ReadOnlyMemory<byte> Shipped = "a: 1"u8.ToArray(), Subscription = "b: 2"u8.ToArray();

    [Fact]
    public void The_same_is_merged_once_and_what_differs_anew()
    {
        var memory = new MergeMemory();
        var times = 0;
        MergedConfig Get(MergeSource source) => memory.Get(source, _ => new MergedConfig(Encoding.UTF8.GetBytes($"{++times}"), new("", null, false), ProxyServers.None, []));
        var source = new MergeSource(Shipped, Subscription, ClashMode.Mixed, new Secret("s"), "");

        Assert.Same(Get(source), Get(source with { Secret = new Secret("s") }));
        MergeSource[] others =
        [
            source with { Subscription = null }, source with { Subscription = Subscription.ToArray() }, source with { Shipped = Subscription },
            source with { Mode = ClashMode.Tproxy }, source with { Secret = null }, source with { Geodata = "ASN.mmdb" },
        ];
        for (var i = 0; i < others.Length; i++)
            Assert.Equal($"{i + 2}", Encoding.UTF8.GetString(Get(others[i]).Text.Span));
    }
}
