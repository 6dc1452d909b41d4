using System.IO.Compression;
using System.Text;
using Meduza.Image.Root;
using Meduza.Image.ThirdParty;
using Meduza.Init.Tests;

namespace Meduza.Image.Tests.ThirdParty;

public sealed class FetchingTests : IDisposable
{
    private const string Inside = "the program";
    private static readonly Architecture Arch = Architecture.Amd64;

    private readonly Workshop _shop = new();
    private readonly List<string> _said = [];

    private string Folder => _shop.At("third_party");

    [Fact]
    public async Task What_was_fetched_is_used_only_once_its_sum_was_confirmed()
    {
        using var server = new WebServer(head => WebServer.Ok(head.Contains(".zip", StringComparison.Ordinal) ? Zip("folder/inner", Inside) : Gzip(Inside)));
        IReadOnlyList<PinnedRelease> releases = [Release(server, "outer", ".gz", null), Release(server, "inner", ".zip", "inner")];

        Assert.False(await Fetching.RunAsync(releases, Folder, Arch, confirm: false, _said.Add));
        Assert.All(releases, release => Assert.Contains(_said, line => line.Contains($"{release.File(Arch)}: ", StringComparison.Ordinal) && line.Contains("is not confirmed", StringComparison.Ordinal)));
        Assert.Throws<ImageException>(() => new ConfirmedSums(Folder).Require(releases[0].File(Arch)));

        Assert.True(await Fetching.RunAsync(releases, Folder, Arch, confirm: true, _said.Add));
        Assert.True(await Fetching.RunAsync(releases, Folder, Arch, confirm: false, _said.Add));
        Assert.Equal(2, server.Requests.Count); // what is there is not fetched again
        Assert.All(releases, release =>
        {
            new ConfirmedSums(Folder).Require(release.File(Arch));
            Assert.Equal(Inside, Encoding.UTF8.GetString(ThirdPartyPrograms.Unpacked(release, Path.Combine(Folder, release.File(Arch)))));
        });
    }

    [Fact]
    public async Task An_archive_that_changed_after_its_confirmation_is_refused()
    {
        using var server = new WebServer(_ => WebServer.Ok(Gzip(Inside)));
        IReadOnlyList<PinnedRelease> releases = [Release(server, "outer", ".gz", null)];
        Assert.True(await Fetching.RunAsync(releases, Folder, Arch, confirm: true, _said.Add));
        File.AppendAllText(Path.Combine(Folder, releases[0].File(Arch)), "more");
        var e = await Assert.ThrowsAsync<ImageException>(() => Fetching.RunAsync(releases, Folder, Arch, confirm: true, _said.Add));
        Assert.Contains(releases[0].File(Arch), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_that_is_not_there_is_named_and_leaves_no_half_of_a_file()
    {
        using var server = new WebServer(_ => WebServer.Status(404));
        IReadOnlyList<PinnedRelease> releases = [Release(server, "outer", ".gz", null)];
        var e = await Assert.ThrowsAsync<ImageException>(() => Fetching.RunAsync(releases, Folder, Arch, confirm: false, _said.Add));
        Assert.Contains(releases[0].Archive(Arch).ToString(), e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(Folder, Arch.Name), "outer-1.0.gz"));
    }

    [Fact]
    public async Task A_program_that_an_operator_has_put_there_is_confirmed_like_a_release_and_nothing_is_fetched()
    {
        using var server = new WebServer(_ => WebServer.Status(500));
        _shop.Write("third_party/amd64/outer", Inside);
        Assert.True(await Fetching.RunAsync([Release(server, "outer", ".gz", null)], Folder, Arch, confirm: true, _said.Add));
        new ConfirmedSums(Folder).Require("amd64/outer");
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void An_image_without_them_says_so_and_one_with_them_has_them()
    {
        var without = new RootTree();
        ThirdPartyPrograms.Add(without, Folder, Arch, _said.Add);
        Assert.Empty(without.Files);
        Assert.Equal(["easytier-core", "mihomo", "mosdns"], _said.Select(line => line.Split(' ', ':')[1]).Order(StringComparer.Ordinal));

        _shop.Write("third_party/amd64/mihomo", Inside);
        new ConfirmedSums(Folder).Confirm("amd64/mihomo");
        var with = new RootTree();
        ThirdPartyPrograms.Add(with, Folder, Arch, _ => { });
        Assert.Equal("usr/bin/mihomo", Assert.Single(with.Files).Path);
    }

    [Fact]
    public void A_program_that_nobody_confirmed_is_refused()
    {
        _shop.Write("third_party/amd64/mihomo", Inside);
        var e = Assert.Throws<ImageException>(() => ThirdPartyPrograms.Add(new(), Folder, Arch, _ => { }));
        Assert.Contains("third_party/amd64/mihomo is not confirmed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sums_are_those_of_sha256sum()
    {
        _shop.Write("third_party/amd64/mihomo", "abc");
        new ConfirmedSums(Folder).Confirm("amd64/mihomo");
        // FIPS 180-4's own example
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  amd64/mihomo\n", File.ReadAllText(Path.Combine(Folder, ConfirmedSums.FileName)));
    }

    [Fact]
    public void A_line_of_the_sums_that_is_none_is_named()
    {
        _shop.Write("third_party/SHA256SUMS", "not a sum\n");
        var e = Assert.Throws<ImageException>(() => new ConfirmedSums(Folder));
        Assert.Contains("\"not a sum\"", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _shop.Dispose();

    private static PinnedRelease Release(WebServer server, string program, string end, string? inside) =>
        new(program, "1.0", "MIT", $"http://127.0.0.1:{server.Port}/{program}-ARCH{end}", inside, ("amd64", "arm64"));

    private static byte[] Gzip(string content)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(content));
        return bytes.ToArray();
    }

    private static byte[] Zip(string name, string content)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry(name).Open())
            entry.Write(Encoding.UTF8.GetBytes(content));
        return bytes.ToArray();
    }
}
