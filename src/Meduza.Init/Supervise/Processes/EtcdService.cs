using System.Runtime.InteropServices;
using Meduza.Gateway.Render;
using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Supervise.Processes;

/// <summary>
/// The etcd of this machine alone, where <c>ETCD_ENDPOINTS</c> is <c>local</c>. PID 1 defines it, not the agent, since it
/// must be there before the agent is and after the agent is gone: it starts first, and stops last.
/// </summary>
/// <remarks>
/// The options are those that etcd 3.4 and 3.5 both have (<c>etcd --help</c>). History goes by the number of writes, not by
/// age: a commit is read at its own revision, however old it is, and must not be compacted away because a day went by in
/// which nobody wrote. A gateway writes status only when it changes.
/// </remarks>
internal static class EtcdService
{
    private const string PeerUrl = "http://127.0.0.1:2380";
    private const string User = "etcd";

    /// <summary>Writes that etcd remembers: of status, of some hundred bytes each, they are a small part of the quota.</summary>
    private const string KeptRevisions = "100000";

    /// <summary>Bytes of the database; a write beyond it is refused (NOSPACE).</summary>
    private const string Quota = "268435456";

    /// <summary>Makes the folder of its data ready.</summary>
    /// <param name="endpoints">The value of <c>ETCD_ENDPOINTS</c>.</param>
    /// <param name="warn">Told what is missing or could not be made; etcd is tried all the same, and says so too.</param>
    /// <returns>Null where etcd is elsewhere.</returns>
    public static ServiceDefinition? Prepare(string? endpoints, Action<string> warn)
    {
        if (!LocalEtcd.IsAskedFor(endpoints))
            return null;
        var program = LocalEtcd.FindProgram();
        if (program is null)
            warn($"warning: ETCD_ENDPOINTS is {LocalEtcd.Word}, and there is no etcd on this machine: {LocalEtcd.Remedy}");
        string? user = null;
        try
        {
            user = MakeFolder(LocalEtcd.DataFolder, Accounts.Read());
            if (user is not null && Closed(Path.GetDirectoryName(LocalEtcd.DataFolder)!) is { } closed)
                warn($"warning: {closed} is closed to user \"{user}\", whose etcd has its data below: chmod o+x {closed}");
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            warn($"warning: the folder of etcd's data: {e.Message}");
        }
        return Definition(program ?? LocalEtcd.UsualPlace, user);
    }

    /// <summary>The folder is its user's alone. Data that are there already stay whose they are: nothing of them is touched.</summary>
    /// <returns>The user to run etcd as; null is root.</returns>
    internal static string? MakeFolder(string path, Accounts accounts)
    {
        var there = FileStatus.Of(path) is { Kind: FileKind.Folder } status && Directory.EnumerateFileSystemEntries(path).Any() ? status : (FileStatus?)null;
        var account = there is { } used ? accounts.UserName(used.Uid) is { } name ? accounts.FindUser(name) : null : accounts.FindUser(User);
        Folder.Ensure(
            path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            there?.Uid ?? account?.Uid ?? 0, there?.Gid ?? account?.Gid ?? 0);
        return account is { Uid: > 0 } ? account.Name : null;
    }

    /// <summary>The folder itself where only its owner may pass through it, as a mounted one often is; null where anybody may.</summary>
    internal static string? Closed(string folder) =>
        FileStatus.Of(folder) is { } status && (status.Mode & UnixFileMode.OtherExecute) == 0 ? folder : null;

    internal static ServiceDefinition Definition(string program, string? user) => new()
    {
        Name = LocalEtcd.Service,
        Component = LocalEtcd.Service,
        Command =
        [
            program,
            "--name", "meduza", "--data-dir", LocalEtcd.DataFolder,
            "--listen-client-urls", LocalEtcd.Endpoint.ToString(), "--advertise-client-urls", LocalEtcd.Endpoint.ToString(),
            "--listen-peer-urls", PeerUrl, "--initial-advertise-peer-urls", PeerUrl, "--initial-cluster", $"meduza={PeerUrl}",
            "--auto-compaction-mode", "revision", "--auto-compaction-retention", KeptRevisions,
            "--quota-backend-bytes", Quota,
            // Fewer entries in memory, and at most two old files of 64 MB each of the log.
            "--snapshot-count", "5000", "--max-snapshots", "2", "--max-wals", "2",
            "--logger", "zap", "--log-level", "warn",
        ],
        Environment =
        [
            // Garbage up to half of what lives, instead of as much again.
            "GOGC=50",
            .. RuntimeInformation.OSArchitecture == Architecture.X64
                ? (string[])[]
                : [$"ETCD_UNSUPPORTED_ARCH={RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}"],
        ],
        Privileges = new() { User = user, Capabilities = ProgramPrivileges.Etcd.Capabilities, NoNewPrivileges = true },
        Readiness = new(ReadinessKind.TcpPort, LocalEtcd.Address),
    };
}
