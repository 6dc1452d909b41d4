using System.Collections.Immutable;
using Meduza.Gateway.Render;
using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Agent.Preflights;

/// <summary>
/// Where candidates of files lie while a program looks at them: a folder for each check, which the program's group may
/// enter and only root may write, and in it each file readable by the program's user alone.
/// </summary>
/// <remarks>It lies beside the control socket's folder, not in it: nobody but root gets into that one.</remarks>
internal sealed class CandidateFolder(string root, Accounts accounts)
{
    public const string DefaultRoot = "/run/meduza-check";

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode RootMode = Owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode CheckMode = Owner | UnixFileMode.GroupExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Lays the candidates of one check down.</summary>
    /// <returns>The folder, and the path of each candidate by that of its file.</returns>
    /// <exception cref="LinuxException">It cannot be written.</exception>
    /// <exception cref="IOException">The user does not exist.</exception>
    public (string Folder, ImmutableArray<(string Path, string Candidate)> Files) Lay(Preflight check, IEnumerable<DesiredFile> files)
    {
        var (uid, gid) = Ids(check.User);
        Linux.Files.Folder.Ensure(root, RootMode, 0, 0);
        var folder = $"{root}/{check.Component.Replace('/', '_')}";
        Linux.Files.Folder.Ensure(folder, CheckMode, 0, gid);
        var candidates = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (var file in files)
        {
            var candidate = $"{folder}/{Path.GetFileName(file.Path)}";
            AtomicFile.Write(candidate, file.Content.Span, FileMode, uid, gid);
            candidates.Add((file.Path, candidate));
        }
        return (folder, candidates.ToImmutable());
    }

    /// <summary>Removes all that there is, also what an agent left that was killed.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Clear()
    {
        if (Directory.Exists(root))
            Directory.Delete(root, recursive: true);
    }

    private (uint Uid, uint Gid) Ids(string? user)
    {
        if (user is null)
            return (0, 0);
        return accounts.FindUser(user) is { } account
            ? (account.Uid, account.Gid)
            : throw new IOException($"user \"{user}\" does not exist");
    }
}
