namespace Meduza.Image.ThirdParty;

/// <summary>
/// <c>./build.sh fetch</c>: the archives of the pinned releases, into <c>third_party</c>. What was fetched is used only after an
/// operator has looked at its sum: <c>./build.sh fetch confirm</c>.
/// </summary>
public static class Fetching
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <param name="folder">The folder <c>third_party</c>, made where it is missing.</param>
    /// <param name="confirm">True to write the sums of what has none.</param>
    /// <param name="say">Told what is there and what was done, a line each.</param>
    /// <returns>True when all is there and confirmed.</returns>
    /// <exception cref="ImageException">One cannot be fetched, or is not the confirmed one.</exception>
    public static async Task<bool> RunAsync(IReadOnlyList<PinnedRelease> releases, string folder, Architecture architecture, bool confirm, Action<string> say)
    {
        ArgumentNullException.ThrowIfNull(releases);
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(say);
        Directory.CreateDirectory(Path.Combine(folder, architecture.Name));
        var sums = new ConfirmedSums(folder);
        var all = true;
        using var http = new HttpClient { Timeout = Limit };
        foreach (var release in releases)
        {
            // What an operator has put there goes before a release.
            var program = $"{architecture.Name}/{release.Program}";
            var file = File.Exists(Path.Combine(folder, program)) ? program : release.File(architecture);
            if (!File.Exists(Path.Combine(folder, file)))
                await FetchAsync(http, release.Archive(architecture), Path.Combine(folder, file), say);
            if (sums.Has(file))
            {
                sums.Require(file);
                say($"third_party/{file}: as confirmed");
            }
            else if (confirm)
            {
                sums.Confirm(file);
                say($"third_party/{file}: {sums.Sum(file)}, now in {ConfirmedSums.FileName}");
            }
            else
            {
                all = false;
                say($"third_party/{file}: {sums.Sum(file)} is not confirmed: compare it with what its makers publish, then ./build.sh fetch confirm");
            }
        }
        return all;
    }

    private static async Task FetchAsync(HttpClient http, Uri address, string path, Action<string> say)
    {
        say($"fetching {address}");
        try
        {
            await using (var content = await http.GetStreamAsync(address))
            await using (var file = File.Create(path + ".new"))
                await content.CopyToAsync(file);
            // Renamed when it is whole: what is there is never half of an archive.
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            throw new ImageException($"{address} cannot be fetched: {e.Message}", e);
        }
    }
}
