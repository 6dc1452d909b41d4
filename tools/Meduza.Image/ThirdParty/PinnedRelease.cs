namespace Meduza.Image.ThirdParty;

/// <summary>A program that Debian does not have, at the version that the image is made with.</summary>
/// <param name="Program">Its file name in the image, in <c>/usr/bin</c>.</param>
/// <param name="Version">As its releases are called.</param>
/// <param name="Licence">By its SPDX name.</param>
/// <param name="Address">Of the archive of a release; <c>ARCH</c> is what <paramref name="Names"/> has for the architecture.</param>
/// <param name="Inside">The program's file name in a zip archive; null where the archive is the program alone, compressed by gzip.</param>
/// <param name="Names">What the releases call amd64 and arm64.</param>
public sealed record PinnedRelease(string Program, string Version, string Licence, string Address, string? Inside, (string Amd64, string Arm64) Names)
{
    // Where there are several for amd64, the one for every processor of that kind.
    public static IReadOnlyList<PinnedRelease> All { get; } =
    [
        new("mihomo", "1.19.24", "GPL-3.0-only", "https://github.com/MetaCubeX/mihomo/releases/download/v1.19.24/mihomo-linux-ARCH-v1.19.24.gz", null, ("amd64-compatible", "arm64")),
        new("easytier-core", "2.4.5", "LGPL-3.0-only", "https://github.com/EasyTier/EasyTier/releases/download/v2.4.5/easytier-linux-ARCH-v2.4.5.zip", "easytier-core", ("x86_64", "aarch64")),
        new("mosdns", "5.3.3", "GPL-3.0-only", "https://github.com/IrineSistiana/mosdns/releases/download/v5.3.3/mosdns-linux-ARCH.zip", "mosdns", ("amd64", "arm64")),
    ];

    /// <summary>Where the archive is.</summary>
    public Uri Archive(Architecture architecture) =>
        new(Address.Replace("ARCH", architecture == Architecture.Amd64 ? Names.Amd64 : Names.Arm64, StringComparison.Ordinal));

    /// <summary>The archive's file below <c>third_party</c>: <c>amd64/mihomo-1.19.24.gz</c>.</summary>
    public string File(Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return $"{architecture.Name}/{Program}-{Version}{(Inside is null ? ".gz" : ".zip")}";
    }
}
