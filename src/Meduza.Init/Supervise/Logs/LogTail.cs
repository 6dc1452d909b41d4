using System.Collections.Immutable;
using System.Text;
using Meduza.Init.Control;
using Meduza.Init.Supervise.Continuation;

namespace Meduza.Init.Supervise.Logs;

/// <summary>
/// The last lines of one service, in memory: at most <see cref="MostLines"/> and <see cref="MostBytes"/>. The bytes lie
/// in a ring that starts small and grows with what is written, so a quiet service costs nearly nothing.
/// </summary>
internal sealed class LogTail
{
    public const int MostLines = 1000;
    public const int MostBytes = 64 << 10;
    private const int FirstSize = 1 << 10;

    private readonly Queue<Entry> _entries = new();
    private byte[] _ring = [];
    private int _start;
    private int _used;

    private readonly record struct Entry(long Number, long Time, int Length, bool Error);

    /// <summary>Adds a line, and forgets the oldest ones where there is no room.</summary>
    /// <param name="number">Its place among all lines.</param>
    /// <param name="error">True when it came from standard error.</param>
    /// <param name="time">Unix time in milliseconds.</param>
    /// <param name="line">No longer than <see cref="LineAssembler.LongestLine"/>.</param>
    public void Add(long number, bool error, long time, ReadOnlySpan<byte> line)
    {
        while (_entries.Count == MostLines || _used + line.Length > MostBytes)
            DropFirst();
        if (_used + line.Length > _ring.Length)
            Grow(_used + line.Length);

        var at = (_start + _used) % Math.Max(_ring.Length, 1);
        var first = Math.Min(line.Length, _ring.Length - at);
        line[..first].CopyTo(_ring.AsSpan(at));
        line[first..].CopyTo(_ring);
        _used += line.Length;
        _entries.Enqueue(new(number, time, line.Length, error));
    }

    /// <summary>The last <paramref name="count"/> lines, oldest first.</summary>
    public List<LogLine> Last(string service, int count)
    {
        var lines = new List<LogLine>(Math.Min(count, _entries.Count));
        var skip = _entries.Count - count;
        var at = _start;
        foreach (var entry in _entries)
        {
            if (skip-- <= 0)
                lines.Add(new(service, entry.Error ? "err" : "out", entry.Time, Text(at, entry.Length)) { Number = entry.Number });
            at = (at + entry.Length) % Math.Max(_ring.Length, 1);
        }
        return lines;
    }

    public KeptTail Keep()
    {
        var lines = ImmutableArray.CreateBuilder<KeptLine>(_entries.Count);
        var at = _start;
        foreach (var entry in _entries)
        {
            var text = new byte[entry.Length];
            var first = Math.Min(entry.Length, _ring.Length - at);
            _ring.AsSpan(at, first).CopyTo(text);
            _ring.AsSpan(0, entry.Length - first).CopyTo(text.AsSpan(first));
            lines.Add(new(entry.Number, entry.Time, entry.Error, text));
            at = (at + entry.Length) % Math.Max(_ring.Length, 1);
        }
        return new() { Lines = lines.MoveToImmutable() };
    }

    public void Resume(KeptTail kept)
    {
        foreach (var line in kept.Lines)
            Add(line.Number, line.Error, line.Time, line.Text ?? []);
    }

    private string Text(int at, int length)
    {
        var first = Math.Min(length, _ring.Length - at);
        if (first == length)
            return Encoding.UTF8.GetString(_ring, at, length);
        Span<byte> whole = stackalloc byte[LineAssembler.LongestLine];
        _ring.AsSpan(at, first).CopyTo(whole);
        _ring.AsSpan(0, length - first).CopyTo(whole[first..]);
        return Encoding.UTF8.GetString(whole[..length]);
    }

    private void DropFirst()
    {
        var first = _entries.Dequeue();
        _start = (_start + first.Length) % Math.Max(_ring.Length, 1);
        _used -= first.Length;
    }

    private void Grow(int least)
    {
        var size = Math.Max(_ring.Length, FirstSize);
        while (size < least)
            size *= 2;
        var ring = new byte[size];
        var first = Math.Min(_used, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(ring);
        _ring.AsSpan(0, _used - first).CopyTo(ring.AsSpan(first));
        (_ring, _start) = (ring, 0);
    }
}
