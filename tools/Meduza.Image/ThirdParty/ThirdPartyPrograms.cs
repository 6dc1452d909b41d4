using System.IO.Compression;
using Meduza.Image.Root;

namespace Meduza.Image.ThirdParty;

/// <summary>
/// Adds mihomo, EasyTier and MosDNS from <c>third_party</c>: as archives of a release, or as programs that an operator
/// has put there (<c>third_party/amd64/mihomo</c>), which go before.
/// </summary>
public static class ThirdPartyPrograms
{
    public static void Add(RootTree tree, string folder, Architecture architecture, Action<string> say)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(say);
        var sums = new ConfirmedSums(folder);
        foreach (var release in PinnedRelease.All)
        {
            var place = $"usr/bin/{release.Program}";
            var origin = new Origin(Layer.Daemons, release.Program) { Release = release };
            var program = $"{architecture.Name}/{release.Program}";
            var archive = release.File(architecture);
            if (File.Exists(Path.Combine(folder, program)))
            {
                sums.Require(program);
                tree.AddBytes(place, File.ReadAllBytes(Path.Combine(folder, program)), origin with { Release = release with { Version = "" } }, Modes.Program);
            }
            else if (File.Exists(Path.Combine(folder, archive)))
            {
                sums.Require(archive);
                tree.AddBytes(place, Unpacked(release, Path.Combine(folder, archive)), origin, Modes.Program);
            }
            else
            {
                say($"without {release.Program}: there is neither third_party/{program} nor third_party/{archive} (./build.sh fetch)");
            }
        }
    }

    /// <summary>The program that an archive has.</summary>
    /// <exception cref="ImageException">It has none.</exception>
    public static byte[] Unpacked(PinnedRelease release, string archive)
    {
        ArgumentNullException.ThrowIfNull(release);
        using var content = new MemoryStream();
        try
        {
            using var file = File.OpenRead(archive);
            if (release.Inside is null)
            {
                using var gzip = new GZipStream(file, CompressionMode.Decompress);
                gzip.CopyTo(content);
            }
            else
            {
                using var zip = new ZipArchive(file, ZipArchiveMode.Read);
                var entry = zip.Entries.FirstOrDefault(e => e.Name == release.Inside) ?? throw new ImageException($"{archive} has no {release.Inside} in it: see what the release is made of");
                using var inside = entry.Open();
                inside.CopyTo(content);
            }
        }
        catch (InvalidDataException e)
        {
            throw new ImageException($"{archive} cannot be unpacked: {e.Message}", e);
        }
        return content.ToArray();
    }
}
