using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Cli.Doctor;

/// <summary>Files that hold secrets, and folders that others must not look into: nobody else may read them.</summary>
internal static class FileProbes
{
    private const string Part = "files";
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <param name="root">What lies before every path: empty, but for tests.</param>
    /// <param name="socketPath">The control socket.</param>
    public static IEnumerable<Finding> Probe(Session session, string socketPath, string root = "")
    {
        List<string> paths = [socketPath, $"{root}/etc/meduza/env", $"{root}{LocalEtcd.DataFolder}", .. Files($"{root}/etc/openvpn/generated", "*"), .. Files($"{root}/etc/tinc", "*.priv")];
        if (session.Variable("ETCD_KEY") is { Length: > 0 } key)
            paths.Add(key);
        foreach (var path in paths)
        {
            if (Look(path) is { } finding)
                yield return finding;
        }
    }

    private static Finding? Look(string path)
    {
        try
        {
            if (FileStatus.Of(path) is not { } status)
                return null;
            var mode = Convert.ToString((int)status.Mode, 8).PadLeft(4, '0');
            return (status.Mode & Others) == 0
                ? Finding.Ok(Part, path, mode)
                : Finding.Problem(Part, path, $"is open to everybody on this machine ({mode}) and holds, or leads to, secrets", $"chmod o= {path}");
        }
        catch (LinuxException e)
        {
            return Finding.Warning(Part, path, e.Message, "run this as root");
        }
    }

    private static IEnumerable<string> Files(string folder, string pattern)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return [folder]; // the look at it says what is in the way
        }
    }
}
