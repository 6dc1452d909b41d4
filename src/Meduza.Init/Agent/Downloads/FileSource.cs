using System.Net;
using Meduza.Linux;

namespace Meduza.Init.Agent.Downloads;

/// <summary>
/// Fetches files into a folder: through a proxy while there is one, directly otherwise and where the proxy fails. What came of
/// a file before a failure is gone on from, where the server says by what it is known and knows of parts. It is never in
/// memory as a whole.
/// </summary>
/// <param name="files">Where they are kept.</param>
/// <param name="limits">Of each try.</param>
/// <param name="problem">As in <see cref="KeptFiles.Take"/>, of that one.</param>
/// <param name="proxy">Whom to ask at this moment; null for nobody.</param>
/// <param name="clock">For when it was.</param>
internal sealed class FileSource(KeptFiles files, FetchLimits limits, Func<WantedDownload, Stream, string?> problem, Func<IWebProxy?> proxy, TimeProvider clock) : IDownloadSource
{
    public string Folder => files.Folder;

    public KeptCopy? Load(WantedDownload wanted, Action<string> warn)
    {
        var kept = files.Load(wanted.Name, warn);
        if (kept is null || kept.Reading == wanted.Reading)
            return kept;
        // Another plugin reads it now.
        try
        {
            using (var content = File.OpenRead(kept.Path))
            {
                if (problem(wanted, content) is { } wrong)
                {
                    warn($"{wanted.Name}, which is kept, is not used, as what reads it now would end: {wrong}");
                    return null;
                }
            }
            kept = kept with { Reading = wanted.Reading };
            files.Note(wanted.Name, kept);
            return kept;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException)
        {
            warn($"{wanted.Name}, which is kept, cannot be checked ({(e as LinuxException)?.Message ?? e.GetType().Name}), and is not used: it is fetched again");
            return null;
        }
    }

    public void Sweep(IEnumerable<string> wanted, DateTimeOffset before) => files.Sweep(wanted, before);

    public async Task<FetchedCopy> FetchAsync(WantedDownload wanted, KeptCopy? had, Transfer transfer, CancellationToken cancellation)
    {
        var kept = (KeptFile?)had;
        if (proxy() is not { } way)
            return await TryAsync(null, wanted, kept, transfer, cancellation);
        try
        {
            return await TryAsync(way, wanted, kept, transfer, cancellation);
        }
        catch (FetchException proxied) when (proxied.IsOfTheWay)
        {
            try
            {
                return await TryAsync(null, wanted, kept, transfer, cancellation);
            }
            catch (FetchException direct)
            {
                throw new FetchException($"{direct.Message} (and through the proxy: {proxied.Message})", direct);
            }
        }
    }

    private async Task<FetchedCopy> TryAsync(IWebProxy? way, WantedDownload wanted, KeptFile? had, Transfer transfer, CancellationToken cancellation)
    {
        var source = DownloadFolder.Mark(wanted.Url);
        // What another server is known to have says nothing of this one.
        var known = had?.Source == source ? had : null;
        var partial = Here(() => files.Partial(wanted.Name));
        var web = new WebFetch(limits, way);
        // Where what is there is no part of what the server has, it begins anew; there is none then.
        var file = await AskAsync() ?? await AskAsync() ?? throw new InvalidOperationException("a part was asked for where there is none");
        return new(file, file.Hash != had?.Hash, way is null ? "directly" : "through the proxy");

        async Task<KeptFile?> AskAsync()
        {
            var part = Here(() => partial.Find(source));
            return await web.AskAsync(
                new Uri(wanted.Url), request => Ask(request, part, known), answer => ReadAsync(answer, wanted, partial, part, source, known), transfer, cancellation);
        }
    }

    private static void Ask(HttpRequestMessage request, (Validators Validators, string? Packing, long Length)? part, KeptFile? known)
    {
        if (part is not { } begun)
        {
            known?.Validators.Ask(request);
            return;
        }
        request.Headers.Range = new(begun.Length, null);
        request.Headers.TryAddWithoutValidation("If-Range", begun.Validators.Strong);
    }

    /// <returns>Null where what is there of it is no part of what the server has.</returns>
    private async Task<KeptFile?> ReadAsync(
        WebAnswer answer, WantedDownload wanted, PartialFile partial, (Validators Validators, string? Packing, long Length)? part, string source, KeptFile? known)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (part is null && known is not null && answer.Status == HttpStatusCode.NotModified)
        {
            var same = known with { FetchedAt = now };
            Here(() => files.Note(wanted.Name, same));
            return same;
        }
        var isRest = answer.Status == HttpStatusCode.PartialContent;
        if (isRest && part is null)
            throw new RefusedAnswerException("its answer is a part, and all was asked for");
        if (part is { } begun
            && (answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable || (isRest && (!answer.IsRest(begun.Length) || answer.Packing != begun.Packing))))
        {
            Here(partial.Discard);
            return null;
        }
        var already = isRest ? part!.Value.Length : 0;
        var validators = isRest ? part!.Value.Validators : answer.Validators;
        try
        {
            answer.RequireBody(already);
            using (var to = Here(() => isRest ? partial.GoOn() : partial.Begin(source, validators, answer.Packing)))
                await answer.CopyAsync(bytes => Write(to, bytes), already);
            return Here(() => files.Take(wanted.Name, partial, answer.Packing, limits.Longest, content => problem(wanted, content), (validators, source, now, wanted.Reading)));
        }
        catch (RefusedAnswerException e)
        {
            // A server that is ill for a while has the rest still.
            if (!e.IsOfTheWay)
                Here(partial.Discard);
            throw;
        }
    }

    /// <summary>Does something on this machine: a failure of that is not to be taken for one of the server's.</summary>
    private T Here<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (LinuxException e)
        {
            throw new FetchException($"it cannot be kept: {e.Message}: make room there", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NoRoom(e);
        }
    }

    private void Here(Action work) => Here(() =>
    {
        work();
        return true;
    });

    private void Write(FileStream to, ReadOnlySpan<byte> bytes)
    {
        try
        {
            to.Write(bytes);
        }
        catch (IOException e)
        {
            throw NoRoom(e);
        }
    }

    private FetchException NoRoom(Exception cause) => new($"it cannot be kept in {files.Folder}: make room there, or make that a folder that can be written", cause);
}
