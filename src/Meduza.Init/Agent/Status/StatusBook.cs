using System.Collections.Immutable;
using System.Globalization;

namespace Meduza.Init.Agent.Status;

/// <summary>What the next transaction of status keys holds.</summary>
internal sealed record DueStatus(ImmutableArray<(string Key, string Value)> Puts, ImmutableArray<string> Deletes)
{
    public bool IsEmpty => Puts.IsEmpty && Deletes.IsEmpty;
}

/// <summary>
/// What <c>/updated/ID/…</c> must say, and what of it is due. A changed state is due at once; an unchanged one again every
/// 60 s, so that its time shows that the node is alive; a text (<c>last</c>, <c>commit</c>) only when it changes. A key whose instance is gone is
/// due for deletion. Nothing here touches etcd; what a failed transaction held is simply still due.
/// </summary>
internal sealed class StatusBook(string nodeId, TimeProvider clock)
{
    /// <summary>Below the node: what came of the last commit.</summary>
    public const string Commit = "commit";

    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _strays = new(StringComparer.Ordinal);
    private bool _complete;

    public string Prefix { get; } = $"/updated/{nodeId}/";

    /// <summary>The time as it is written in status keys, UTC.</summary>
    public static string Format(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'+0000'", CultureInfo.InvariantCulture);

    /// <summary>Sets the states of all parts there are: <c>up</c>, <c>connecting</c> or <c>down</c> by path below the node
    /// (<c>tinc/status</c>). Those that were there before and are not in it are gone.</summary>
    /// <returns>True when anything is due now.</returns>
    public bool SetStates(IReadOnlyDictionary<string, string> states)
    {
        lock (_lock)
        {
            _complete = true;
            var changed = false;
            foreach (var (path, state) in states)
                changed |= Set(path, state, isState: true);
            foreach (var path in _entries.Where(entry => entry.Value.IsState && !states.ContainsKey(entry.Key)).Select(entry => entry.Key).ToList())
            {
                _entries.Remove(path);
                _strays.Add(Prefix + path);
                changed = true;
            }
            return changed;
        }
    }

    /// <summary>Sets a text that is written as it is, when it changes.</summary>
    public bool SetText(string path, string text)
    {
        lock (_lock)
            return Set(path, text, isState: false);
    }

    /// <summary>
    /// A session with etcd begins: all is due again (it may be a restored or an empty store), and what an earlier life of
    /// this node left there is to go.
    /// </summary>
    /// <param name="existing">The keys below <see cref="Prefix"/> that exist.</param>
    public void SessionBegins(IEnumerable<string> existing)
    {
        lock (_lock)
        {
            foreach (var entry in _entries.Values)
                entry.WrittenAt = null;
            _strays.UnionWith(existing.Where(key => key.EndsWith("/status", StringComparison.Ordinal)));
        }
    }

    /// <summary>What is due now.</summary>
    public DueStatus Collect()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            var time = Format(clock.GetUtcNow());
            var puts = _entries.Where(entry => entry.Value.DueIn(clock, now) <= TimeSpan.Zero)
                .OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => (Prefix + entry.Key, entry.Value.IsState ? $"{entry.Value.Text} {time}" : entry.Value.Text));
            // Before the states are known no key can be called stray.
            var deletes = _strays.Where(key => _complete && !_entries.ContainsKey(key[Prefix.Length..])).Order(StringComparer.Ordinal);
            return new([.. puts], [.. deletes]);
        }
    }

    /// <summary>The transaction with <paramref name="due"/> went through.</summary>
    public void Written(DueStatus due)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            foreach (var (key, value) in due.Puts)
            {
                // What changed while the transaction was under way is due still.
                if (_entries.TryGetValue(key[Prefix.Length..], out var entry) && entry.IsSaidBy(value))
                    entry.WrittenAt = now;
            }
            if (_complete)
                _strays.RemoveWhere(key => due.Deletes.Contains(key) || _entries.ContainsKey(key[Prefix.Length..]));
        }
    }

    /// <summary>How long until the next refresh is due.</summary>
    public TimeSpan UntilNext()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            var next = _entries.Values.Select(entry => entry.DueIn(clock, now)).DefaultIfEmpty(RefreshInterval).Min();
            return next > RefreshInterval ? RefreshInterval : next;
        }
    }

    private bool Set(string path, string text, bool isState)
    {
        if (_entries.TryGetValue(path, out var entry) && entry.Text == text)
            return false;
        _entries[path] = new(text, isState);
        return true;
    }

    private sealed class Entry(string text, bool isState)
    {
        public string Text => text;
        public bool IsState => isState;
        public long? WrittenAt { get; set; }

        /// <summary>True when a key's <paramref name="value"/> says this.</summary>
        public bool IsSaidBy(string value) => isState ? value.StartsWith(text + " ", StringComparison.Ordinal) : value == text;

        public TimeSpan DueIn(TimeProvider clock, long now) => WrittenAt switch
        {
            null => TimeSpan.Zero,
            { } written when isState => RefreshInterval - clock.GetElapsedTime(written, now),
            _ => TimeSpan.MaxValue,
        };
    }
}
