using System.Net;
using Meduza.Gateway.Model.WireGuard;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Apply.WireGuard;
using Meduza.Linux.WireGuard;
using Peer = Meduza.Linux.WireGuard.WireGuardPeer;

namespace Meduza.Init.Tests.Agent.Apply.WireGuard;

public sealed class WireGuardEndpointsTests : IDisposable
{
    private static readonly WireGuardPublicKey Key = WireGuardPublicKey.Parse("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");
    private static readonly IPEndPoint Here = IPEndPoint.Parse("192.0.2.1:51820");
    private static readonly IPEndPoint Moved = IPEndPoint.Parse("198.51.100.7:1024");

    private readonly Triggers _triggers = new();
    private readonly ManualClock _clock = new();
    private readonly WireGuardEndpoints _endpoints;
    private IPAddress[] _answer = [Here.Address];
    private int _asked;

    public WireGuardEndpointsTests() => _endpoints = new(_triggers, _clock, (_, _) =>
    {
        _asked++;
        return Task.FromResult(_answer);
    }, TestContext.Current.CancellationToken);

    public void Dispose() => _triggers.Dispose();

    [Fact]
    public void Address_is_given_at_once_and_nobody_is_asked()
    {
        Assert.Equal(Here, Choose("192.0.2.1:51820", null));
        Assert.Null(_endpoints.Choose("wg0", Key, null, null));
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task Name_is_looked_up_beside_and_the_answer_is_a_reason_to_look()
    {
        Assert.Null(Choose("vpn.example.org:51820", null));
        Assert.Equal(Trigger.Observe, await Taken());
        Assert.Equal(Here, Choose("vpn.example.org:51820", null));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Name_of_a_silent_peer_is_looked_up_again_and_its_new_address_taken()
    {
        Choose("vpn.example.org:51820", null);
        await Taken();
        var silent = HeardAgo(TimeSpan.FromSeconds(136), Here);
        Choose("vpn.example.org:51820", silent);
        Assert.Equal(1, _asked);

        _clock.Advance(WireGuardEndpoints.LookupInterval);
        _answer = [Moved.Address];
        Choose("vpn.example.org:51820", silent);
        Assert.Equal(Trigger.Observe, await Taken());
        Assert.Equal(new IPEndPoint(Moved.Address, 51820), Choose("vpn.example.org:51820", silent));
    }

    [Fact]
    public async Task Name_of_a_peer_that_is_heard_is_not_looked_up_again()
    {
        Choose("vpn.example.org:51820", null);
        await Taken();
        _clock.Advance(TimeSpan.FromHours(1));
        Choose("vpn.example.org:51820", HeardAgo(TimeSpan.FromSeconds(134), Here));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Address_in_use_is_kept_while_it_is_among_the_answers()
    {
        Choose("vpn.example.org:51820", null);
        await Taken();
        _clock.Advance(WireGuardEndpoints.LookupInterval);
        _answer = [Moved.Address, Here.Address];
        Choose("vpn.example.org:51820", null);
        Assert.Equal(Here, Choose("vpn.example.org:51820", null));
    }

    [Theory]
    [InlineData(false, false, false, true)] // not heard: sent to where its keys say
    [InlineData(true, false, false, false)] // heard, after a restart of the agent: left alone
    [InlineData(true, true, false, false)] // heard from elsewhere than it was given: it moved
    [InlineData(true, true, true, true)] // its keys say something new
    public void Peer_that_is_heard_is_sent_elsewhere_only_where_its_keys_say_something_new(bool fresh, bool isGiven, bool isNew, bool expected)
    {
        IPEndPoint? given = isGiven ? (isNew ? IPEndPoint.Parse("203.0.113.1:1") : Here) : null;
        Assert.Equal(expected ? Here : null, WireGuardEndpoints.Decide(Here, Moved, given, fresh));
    }

    [Fact]
    public void Peer_to_which_is_sent_and_from_which_nothing_comes_is_sent_to_where_its_keys_say()
    {
        const string Wanted = "192.0.2.1:51820";
        _endpoints.Given("wg0", Key, Here);
        Assert.Null(Choose(Wanted, Peer(received: 100, sent: 100)));

        // It sends, and is followed.
        _clock.Advance(WireGuardEndpoints.SilentAfter);
        Assert.Null(Choose(Wanted, Peer(received: 200, sent: 300)));

        // Nothing is sent to it that it could answer.
        _clock.Advance(WireGuardEndpoints.SilentAfter);
        Assert.Null(Choose(Wanted, Peer(received: 200, sent: 300)));

        Assert.Equal(Here, Choose(Wanted, Peer(received: 200, sent: 448)));
        Assert.Null(Choose(Wanted, Peer(received: 292, sent: 448)));

        // Not long enough.
        _clock.Advance(WireGuardEndpoints.SilentAfter - TimeSpan.FromSeconds(1));
        Assert.Null(Choose(Wanted, Peer(received: 292, sent: 600)));

        Peer Peer(ulong received, ulong sent) => HeardAgo(TimeSpan.FromSeconds(60), Moved) with { ReceivedBytes = received, SentBytes = sent };
    }

    private IPEndPoint? Choose(string endpoint, Peer? current)
    {
        Assert.True(WireGuardEndpoint.TryParse(endpoint, out var wanted));
        return _endpoints.Choose("wg0", Key, wanted, current);
    }

    private Peer HeardAgo(TimeSpan ago, IPEndPoint endpoint) => new(Key) { Endpoint = endpoint, LastHandshake = _clock.GetUtcNow() - ago };

    private Task<Trigger> Taken() => _triggers.TakeAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}
