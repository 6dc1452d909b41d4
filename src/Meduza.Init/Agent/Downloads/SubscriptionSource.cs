using Meduza.Linux;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Agent.Downloads;

/// <summary>Where the text of a subscription comes from: the web, or a file of this machine.</summary>
internal static class SubscriptionSource
{
    private const string FileScheme = "file://";

    /// <summary>Gets it.</summary>
    /// <param name="url">As the key has it: http, https, or <c>file://</c> and a path in the folder for them.</param>
    /// <param name="had">Of the copy that is there; null where there is none.</param>
    /// <param name="transfer">Told of what comes; null where nobody looks.</param>
    /// <param name="cancellation">Ends the fetch.</param>
    /// <exception cref="FetchException">It cannot be had.</exception>
    public static Task<Fetched> FetchAsync(string url, Validators? had, Transfer? transfer, CancellationToken cancellation) =>
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
