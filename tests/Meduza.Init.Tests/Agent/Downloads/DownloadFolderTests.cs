using System.Text;
using Meduza.Init.Agent.Downloads;

namespace Meduza.Init.Tests.Agent.Downloads;

public sealed class DownloadFolderTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"meduza-test-{Guid.NewGuid():N}");
    private readonly List<string> _warnings = [];
    private readonly DownloadFolder _folder;

    public DownloadFolderTests() => _folder = new(_path);

    public void Dispose()
    {
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }

    private static Download Some(string text) => new(Encoding.UTF8.GetBytes(text), new("\"v1\"", "Tue, 24 Nov 2026 20:00:00 GMT"), DownloadFolder.Mark("https://x/?token=hunter2"), 1234);

    [Fact]
    public void What_is_kept_is_loaded_as_it_was()
    {
        _folder.Keep("main", Some("proxies: 香港\n\nrules: []\n"));

        var loaded = _folder.Load("main", _warnings.Add)!;

        Assert.Equal("proxies: 香港\n\nrules: []\n", Encoding.UTF8.GetString(loaded.Content.Span));
        Assert.Equal(Some("") with { Content = loaded.Content }, loaded);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void It_is_for_root_alone_and_says_nothing_of_the_address()
    {
        _folder.Keep("main", Some("a"));

        var file = Assert.Single(Directory.EnumerateFiles(_path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_path));
        Assert.DoesNotContain("hunter2", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_no_news() => Assert.Null(_folder.Load("main", _ => Assert.Fail("there is nothing to say")));

    [Fact]
    public void What_is_damaged_anywhere_is_said_and_not_used()
    {
        _folder.Keep("main", Some("proxies: []\n"));
        var file = Assert.Single(Directory.EnumerateFiles(_path));
        var whole = File.ReadAllBytes(file);
        var content = whole.Length - "proxies: []\n".Length;
        for (var at = content; at < whole.Length; at++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 1;
            File.WriteAllBytes(file, damaged);
            Assert.Null(_folder.Load("main", _warnings.Add));
        }
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            Assert.Null(_folder.Load("main", _warnings.Add));
        }
        Assert.All(_warnings, w => Assert.Equal($"{file} is damaged, and not used: what it held is fetched again", w));
        Assert.NotEmpty(_warnings);
    }

    [Fact]
    public void What_is_wanted_no_more_is_deleted_when_it_is_old()
    {
        _folder.Sweep([], DateTimeOffset.UtcNow); // where nothing was ever kept
        foreach (var name in (string[])["wanted", "old", "new"])
            _folder.Keep(name, Some(name));
        foreach (var name in (string[])["wanted", "old"])
            File.SetLastWriteTimeUtc(Path.Join(_path, name), DateTime.UtcNow.AddDays(-31));
        _folder.Sweep(["wanted"], DateTimeOffset.UtcNow.AddDays(-30));
        Assert.Equal(["new", "wanted"], Directory.EnumerateFiles(_path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
