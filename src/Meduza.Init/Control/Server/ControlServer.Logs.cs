using System.Collections.Immutable;
using Meduza.Init.Supervise.Logs;

namespace Meduza.Init.Control.Server;

/// <summary>Lines in memory, and those that come.</summary>
internal sealed partial class ControlServer
{
    /// <summary>Characters in one frame: JSON writes one as up to six bytes, and a frame has its limit.</summary>
    private const int MostText = Frames.MaxLength / 16;
    private const int MostLines = 500;

    private readonly List<Follower> _followers = [];

    /// <param name="Services">Names; empty for all.</param>
    private sealed record Follower(ControlConnection Client, long Id, ImmutableArray<string> Services);

    private void ShowLogs(ControlConnection client, ControlRequest request)
    {
        var count = Math.Clamp(request.Lines ?? LogTail.MostLines, 0, LogTail.MostLines);
        var lines = new List<LogLine>();
        foreach (var name in request.Services.IsEmpty ? _logs.Names : request.Services)
        {
            if (name is not null && _logs.Last(name, count) is { } tail)
            {
                lines.AddRange(tail);
                continue;
            }
            if (name is not null && _supervisor.Find(name) is not null)
                continue; // it has not been started yet
            client.Send(new() { Id = request.Id, Error = $"no service \"{Short(name)}\": `meduza status` lists them" });
            return;
        }
        if (request.After is { } after)
            lines.RemoveAll(line => line.Number <= after);
        // Stable: lines of the same millisecond stay in the order of their service.
        var last = lines.OrderBy(line => line.Time).Skip(Math.Max(lines.Count - count, 0)).ToList();

        var start = 0;
        for (int end, text; ; start = end)
        {
            for (end = start, text = 0; end < last.Count && end - start < MostLines && text < MostText; end++)
                text += last[end].Text.Length;
            var more = end < last.Count;
            client.Send(new() { Id = request.Id, More = more || request.Follow, Lines = [.. last[start..end]] });
            if (!more)
                break;
        }
        if (request.Follow && !client.IsClosed)
            Follow(new(client, request.Id, request.Services));
    }

    private void Follow(Follower follower)
    {
        if (_followers.Count == 0)
            _logs.Line += Tell;
        _followers.Add(follower);
    }

    private void Unfollow(ControlConnection client)
    {
        if (_followers.RemoveAll(f => f.Client == client) > 0 && _followers.Count == 0)
            _logs.Line -= Tell;
    }

    private void Tell(LogLine line)
    {
        // A follower who does not read is cut off while this goes through the list.
        foreach (var follower in _followers.ToArray())
        {
            if (follower.Services.IsEmpty || follower.Services.Contains(line.Service))
                follower.Client.Send(new() { Id = follower.Id, More = true, Lines = [line] });
        }
    }
}
