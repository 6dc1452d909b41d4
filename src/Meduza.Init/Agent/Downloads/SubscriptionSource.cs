using Meduza.Gateway.Render.Mihomo;
using Meduza.Linux;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Agent.Downloads;

/// <summary>Gets something into memory from where its URL says, as <see cref="WebFetch.GetAsync"/> does.</summary>
internal delegate Task<Fetched> TextFetch(string url, Validators? had, Transfer? transfer, CancellationToken cancellation);

/// <summary>
/// Where the text of a subscription comes from: the web, or a file of this machine. It is read here, beside the loop, which
/// commits wait for; whether mihomo takes it the loop asks.
/// </summary>
/// <param name="folder">Where the last good ones are kept.</param>
/// <param name="fetch">Gets the text.</param>
/// <param name="clock">For when it was.</param>
internal sealed class SubscriptionSource(DownloadFolder folder, TextFetch fetch, TimeProvider clock) : IJudgedSource
{
    private const string FileScheme = "file://";

    public string Folder => folder.Path;

    public KeptCopy? Load(WantedDownload wanted, Action<string> warn) => folder.Load(wanted.Name, warn);

    public void Keep(string name, KeptCopy copy) => folder.Keep(name, (Download)copy);

    public void Sweep(IEnumerable<string> wanted, DateTimeOffset before) => folder.Sweep(wanted, before);

    public async Task<FetchedCopy> FetchAsync(WantedDownload wanted, KeptCopy? had, Transfer transfer, CancellationToken cancellation)
    {
        var (kept, source) = ((Download?)had, DownloadFolder.Mark(wanted.Url));
        // What another server is known to have says nothing of this one.
        var fetched = await fetch(wanted.Url, kept?.Source == source ? kept.Validators : null, transfer, cancellation);
        var content = fetched.Content ?? kept!.Content;
        var isNew = kept is null || !content.Span.SequenceEqual(kept.Content.Span);
        if (isNew && Subscription.Problem(content) is { } problem)
            throw new FetchException(problem);
        return new(new Download(isNew ? content : kept!.Content, fetched.Validators, source, clock.GetUtcNow().ToUnixTimeMilliseconds()), isNew, "from its source");
    }

    /// <summary>Gets the text.</summary>
    /// <param name="url">As the key has it: http, https, or <c>file://</c> and a path in the folder for them.</param>
    /// <param name="had">Of the copy that is there; null where there is none.</param>
    /// <param name="transfer">Told of what comes; null where nobody looks.</param>
    /// <param name="cancellation">Ends the fetch.</param>
    /// <exception cref="FetchException">It cannot be had.</exception>
    public static Task<Fetched> GetAsync(string url, Validators? had, Transfer? transfer, CancellationToken cancellation) =>
        url.StartsWith(FileScheme, StringComparison.Ordinal)
            ? Task.FromResult(new Fetched(Read(url[FileScheme.Length..]), Validators.None))
            : new WebFetch(FetchLimits.Subscription).GetAsync(new Uri(url), had, transfer, cancellation);

    /// <summary>Reads a file.</summary>
    /// <exception cref="FetchException">It is not there, not a file, or too long.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            // Not blocking: nobody may ever write into a pipe that lies there.
            using var file = Descriptor.Open(path, O_RDONLY | O_NONBLOCK);
            var status = FileStatus.Of(file, path);
            if (status.Kind != FileKind.Regular)
                throw new FetchException($"{path} is not a file: name one");
            var longest = FetchLimits.Subscription.Longest;
            return status.Length <= (ulong)longest
                ? DescriptorIO.ReadFromStart(file, path, longest)
                : throw new FetchException($"{path} is longer than {longest >> 20} MiB: this is no subscription");
        }
        catch (LinuxException e)
        {
            throw new FetchException($"{e.Message}: put the subscription there, or name another file", e);
        }
    }
}
