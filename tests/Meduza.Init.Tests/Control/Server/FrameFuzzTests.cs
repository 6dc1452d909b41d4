using System.Text;

namespace Meduza.Init.Tests.Control.Server;

/// <summary>
/// Requests that went wrong on their way: valid ones of every verb, changed at random by a seed. Nothing that the server
/// throws is caught here, so that a fault would end the test.
/// </summary>
[Collection(Alone.Name)]
public sealed class FrameFuzzTests : IDisposable
{
    private const int Rounds = 3000;

    private static readonly string[] Requests =
    [
        """{"id":1,"verb":"status","services":["a"]}""",
        """{"id":2,"verb":"define","definition":{"name":"b","component":"b","command":["/bin/true"],"after":["a"],"environment":["A=1"],"readiness":{"kind":"unix_socket","target":"/run/x"},"stop_signal":15,"reload_signal":1,"reload_revision":"3"}}""",
        """{"id":3,"verb":"start","services":["a"],"timeout_milliseconds":1000}""",
        """{"id":4,"verb":"stop","services":["a","b"],"timeout_milliseconds":0}""",
        """{"id":5,"verb":"restart","services":["a"]}""",
        """{"id":6,"verb":"remove","services":["b"]}""",
        """{"id":7,"verb":"logs","services":["a"],"lines":10,"follow":true}""",
        """{"id":8,"verb":"reconcile","wait":true}""",
        """{"id":9,"verb":"attach"}""",
        """{"id":10,"verb":"report","report":{"node":"gw1","warnings":[{"key":"/a","message":"b"}]}}""",
        """{"id":11,"verb":"reconciled","reconcile":1,"error":"no"}""",
    ];

    private static readonly string[] Splinters =
        ["null", "-1", "1e999", "\"\"", "[]", "{}", "[[[[", "\\u0000", "\\ud800", "9999999999999999999", ",", ":", "}", "true", "\0", "\"id\":"];

    private readonly ControlBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(20261125)]
    public void Changed_requests_are_answered_or_end_their_own_connection(int seed)
    {
        var random = new Random(seed);
        _bench.Up("a");
        for (var round = 0; round < Rounds; round++)
        {
            using var client = _bench.Connect();
            for (var frames = random.Next(1, 4); frames > 0; frames--)
                client.SendBytes(Changed(random));
            _bench.Loop.Turn(TimeSpan.Zero);
            // Its timers too: requests that wait go when their time is over or their client does.
            _bench.Loop.Turn(TimeSpan.Zero);
        }

        _bench.Settle();
        using var last = _bench.Connect();
        Assert.Null(last.Ask(new() { Verb = Init.Control.Verbs.Status }).Error);
    }

    private static byte[] Changed(Random random)
    {
        var json = Encoding.UTF8.GetBytes(Requests[random.Next(Requests.Length)]).ToList();
        for (var changes = random.Next(0, 6); changes > 0 && json.Count > 0; changes--)
        {
            var at = random.Next(json.Count);
            switch (random.Next(5))
            {
                case 0:
                    json[at] = (byte)random.Next(256);
                    break;
                case 1:
                    json.RemoveRange(at, random.Next(json.Count - at));
                    break;
                case 2:
                    json.InsertRange(at, json.GetRange(at, random.Next(json.Count - at)));
                    break;
                default:
                    json.InsertRange(at, Encoding.UTF8.GetBytes(Splinters[random.Next(Splinters.Length)]));
                    break;
            }
        }
        // Most lengths are right: one that is not makes rubbish of all that follows it.
        var length = random.Next(20) > 0 ? json.Count : random.Next(-1, 2 * json.Count + 2);
        return [.. BitConverter.GetBytes(length), .. json];
    }
}
