using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Golden;

/// <summary>
/// Cases as files: <c>keys.json</c> in, and beside it everything that must come out. What comes out was read once by a
/// person; that the real programs take it is tested in <c>Programs</c>. <c>MEDUZA_GOLDEN=write</c> writes what comes out.
/// </summary>
public sealed class GoldenTests
{
    /// <summary>Case, node, and the FRR that it is for.</summary>
    public static TheoryData<string, string, bool> Cases => new()
    {
        { "empty", "gw-a", false },
        { "overlay", "gw-a", false },
        { "border", "gw-b", false },
        { "border-mgmtd", "gw-b", true },
        { "policies", "gw-b", false },
        { "ibgp", "gw-a", false },
        { "openvpn-tls", "gw-a", false },
        { "easytier", "gw-a", false },
        { "proxy", "gw-a", false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_rendered_is_what_was_accepted(string name, string node, bool mgmtd)
    {
        var folder = Path.Combine(Folder(), name);
        var result = ConfigParser.Parse(ReadKeys(folder), node);
        Assert.True(result.Config is not null, string.Join('\n', result.Errors));
        var state = Renderer.Render(result.Config, MachineOf(folder) with { FrrHasMgmtd = mgmtd });
        var files = Flatten(state);
        var warnings = string.Concat(result.Warnings.Concat(state.Warnings).Select(warning => $"{warning}\n"));
        files.Add("warnings.txt", Encoding.UTF8.GetBytes(warnings));

        if (Environment.GetEnvironmentVariable("MEDUZA_GOLDEN") == "write")
            Write(folder, files);
        var expected = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path)).Where(path => path != "keys.json" && Path.GetExtension(path) != Subscription);
        Assert.Equal(expected.Order(StringComparer.Ordinal), files.Keys.Order(StringComparer.Ordinal));
        foreach (var (path, content) in files)
            Assert.Equal(File.ReadAllText(Path.Combine(folder, path)), Encoding.UTF8.GetString(content.Span));
    }

    private const string Subscription = ".subscription";

    /// <summary>A machine that has fetched the subscriptions that lie in a case's folder.</summary>
    private static Machine MachineOf(string folder) => new()
    {
        MihomoSecret = new Gateway.Model.Values.Secret("made-at-the-first-start"),
        Subscriptions = Directory.EnumerateFiles(folder, "*" + Subscription)
            .ToImmutableDictionary(path => Path.GetFileNameWithoutExtension(path), path => (ReadOnlyMemory<byte>)File.ReadAllBytes(path)),
    };

    /// <summary>The keys of a case; a value <c>@name</c> is the test material of that name.</summary>
    internal static Snapshot ReadKeys(string folder)
    {
        var keys = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Path.Combine(folder, "keys.json")))!;
        return keys.Aggregate(KeySet.Empty, (set, pair) => set.With(
            pair.Key, pair.Value.StartsWith('@') ? Material.Of(pair.Value[1..]) : pair.Value)).Snapshot;
    }

    internal static string Folder([CallerFilePath] string path = "") =>
        // The sources are compiled with mapped paths: the folder is found from where the tests lie.
        Path.Combine(FindRoot(), "tests", "Meduza.Gateway.Tests", "Golden");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Meduza.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("the tests lie outside of the sources");
    }

    private static SortedDictionary<string, ReadOnlyMemory<byte>> Flatten(DesiredState state)
    {
        var files = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var folder in state.Folders)
            text.Append(CultureInfo.InvariantCulture, $"folder {folder.Path} {Octal(folder.Mode)} {folder.Owner ?? "root"}{(folder.Owned ? " owned" : "")}\n");
        foreach (var file in state.Files)
        {
            text.Append(CultureInfo.InvariantCulture, $"file {file.Path} {Octal(file.Mode)} {file.Owner ?? "root"} {file.Component}{(file.Secret ? " secret" : "")}\n");
            // Secrets are the test material as it is: kept out, so that the case stays small. EasyTier's and mihomo's are files like any other with a secret in them.
            if (!file.Secret || file.Component is "easytier" or "clash")
                files.Add("files" + file.Path, file.Content);
        }
        foreach (var service in state.Services)
        {
            text.Append(CultureInfo.InvariantCulture, $"service {service.Name} ({service.Component}): {string.Join(' ', service.Command)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  as {service.Privileges.User ?? "root"} with [{string.Join(' ', service.Privileges.Capabilities ?? ["all"])}]\n");
            text.Append(CultureInfo.InvariantCulture, $"  ready {service.Readiness.Kind} {service.Readiness.Target}; after [{string.Join(' ', service.After)}]; reload {service.ReloadSignal}\n");
            if (!service.Requires.IsEmpty)
                text.Append(CultureInfo.InvariantCulture, $"  requires [{string.Join(' ', service.Requires)}], when restarted: {service.WhenRequiredRestarts}\n");
        }
        foreach (var link in state.Links)
            text.Append(CultureInfo.InvariantCulture, $"link {link.Name} {string.Join(' ', link.Addresses)}\n");
        foreach (var frr in state.Frr)
            text.Append(CultureInfo.InvariantCulture, $"frr {frr.Daemon}: {frr.Config.Length} characters\n");
        files.Add("state.txt", Encoding.UTF8.GetBytes(text.ToString()));
        return files;
    }

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');

    private static void Write(string folder, SortedDictionary<string, ReadOnlyMemory<byte>> files)
    {
        foreach (var old in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "keys.json" && Path.GetExtension(path) != Subscription))
            File.Delete(old);
        foreach (var (path, content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllBytes(Path.Combine(folder, path), content.ToArray());
        }
    }
}
