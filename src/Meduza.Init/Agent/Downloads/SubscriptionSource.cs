using Meduza.Linux;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Agent.Downloads;

/// <summary>Where the text of a subscription comes from: the web, or a file of this machine.</summary>
internal static class SubscriptionSource
{
    /// <summary>How long fetching one may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>In bytes.</summary>
    public const int Longest = 16 << 20;

    private const string FileScheme = "file://";

    /// <summary>Gets it.</summary>
    /// <param name="url">As the key has it: http, https, or <c>file://</c> and a path in the folder for them.</param>
    /// <param name="had">Of the copy that is there; null where there is none.</param>
    /// <exception cref="FetchException">It cannot be had.</exception>
    public static Task<Fetched> FetchAsync(string url, Validators? had, CancellationToken cancellation) =>
        url.StartsWith(FileScheme, StringComparison.Ordinal)
            ? Task.FromResult(new Fetched(Read(url[FileScheme.Length..]), Validators.None))
            : new WebFetch(Timeout, Longest).GetAsync(new Uri(url), had, cancellation);

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
            return status.Length <= Longest
                ? DescriptorIO.ReadFromStart(file, path, Longest)
                : throw new FetchException($"{path} is longer than {Longest >> 20} MiB: this is no subscription");
        }
        catch (LinuxException e)
        {
            throw new FetchException($"{e.Message}: put the subscription there, or name another file", e);
        }
    }
}
