using System.Collections.Immutable;
using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Agent.Apply.Packets;

/// <summary>
/// Tells when what providers gave may be something else: something was done to one of their files, or a folder came that one will
/// be in. It takes a thread, from when there is something to watch.
/// </summary>
/// <param name="changed">Told, by that thread.</param>
/// <param name="warn">Told, once, why nobody tells of changes.</param>
internal sealed class ProviderWatch(Action changed, Action<string> warn) : IDisposable
{
    private const int StackSize = 128 * 1024;

    private FolderWatch? _watch;
    private Thread? _reader;
    private bool _isBlind;
    private volatile string[] _files = [];
    private HashSet<string> _watched = new(StringComparer.Ordinal);

    /// <summary>Watches these and no others. What is done after this began is told.</summary>
    /// <param name="files">Paths of files that may not be there, nor their folders.</param>
    /// <returns>False where changes are not told.</returns>
    public bool Follow(ImmutableArray<string> files)
    {
        _files = [.. files];
        if (files.IsEmpty && _watch is null)
            return true;
        if (_isBlind)
            return false;
        try
        {
            Begin();
            var watched = files.Select(file => Nearest(Path.GetDirectoryName(file)!)).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _watched.Except(watched))
                _watch!.Remove(gone);
            _watched = watched;
            return true;
        }
        catch (LinuxException e)
        {
            _isBlind = true;
            warn($"changes of what mihomo's providers give are not told ({e.Message}): it is looked at every {ServerAddresses.RetryInterval.TotalSeconds:0} s");
            return false;
        }
    }

    public void Dispose()
    {
        _watch?.End();
        _reader?.Join();
        _watch?.Dispose();
    }

    private void Begin()
    {
        if (_watch is not null)
            return;
        _watch = FolderWatch.Open();
        // A thread of its own: no other way of waiting for this descriptor takes none.
        _reader = new(Read, StackSize) { IsBackground = true, Name = "providers" };
        _reader.Start();
    }

    /// <summary>Watches a folder, or while it is not there the nearest one above it, in which it will come.</summary>
    private string Nearest(string folder)
    {
        string? at = null;
        while (true)
        {
            var before = at;
            at = folder;
            while (!_watch!.Add(at))
                at = Path.GetDirectoryName(at) ?? "/";
            // Once more: it may have come before that one was watched.
            if (at == folder || at == before)
                return at;
        }
    }

    private void Read()
    {
        while (_watch!.Read(happened => Tell(happened)))
        {
        }

        void Tell(FolderEvent happened)
        {
            if (happened is not { Folder: { } folder, Name: { Length: > 0 } name } || _files.Any(file => IsOn(file, Path.Join(folder, name))))
                changed();
        }
    }

    /// <summary>True for a file itself, and for a folder that it is to be in.</summary>
    private static bool IsOn(string file, string path) =>
        file.StartsWith(path, StringComparison.Ordinal) && (file.Length == path.Length || file[path.Length] == '/');
}
