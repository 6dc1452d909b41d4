using System.Globalization;
using System.Text.RegularExpressions;
using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>What processes asked of the kernel while they were watched, by strace(1).</summary>
public sealed partial class SystemCallTrace : IDisposable
{
    private readonly string _path;
    private readonly RunningCommand _strace;

    /// <summary>Attaches to processes, all their threads and whatever they start; returns when they are attached.</summary>
    public SystemCallTrace(LabFolder folder, NetworkNamespace network, params IReadOnlyList<int> hostPids)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(hostPids);
        _path = $"{folder.Path}/strace-{Guid.NewGuid():N}";
        // -y names the file behind every descriptor, -yy the kind of every socket.
        // From within their network namespace, where strace can tell which protocol a netlink socket speaks.
        var inside = network.Command(
            [
                "strace", "-f", "-yy", "-s", "64", "-o", _path, "-e", "trace=%file,%desc,%network,%process",
                .. hostPids.SelectMany(p => new[] { "-p", p.ToString(CultureInfo.InvariantCulture) }),
            ]);
        _strace = Command.Start(inside[0], [.. inside.Skip(1)]);
        foreach (var pid in hostPids)
            _strace.WaitForLine(l => l.StartsWith($"strace: Process {pid} attached", StringComparison.Ordinal), Must.Patience);
    }

    /// <summary>Lets the processes go and gives their calls, one a line, as strace writes them.</summary>
    public IReadOnlyList<string> Stop()
    {
        _strace.Kill(2);
        _strace.Wait(Must.Patience);
        return File.ReadAllLines(_path);
    }

    public void Dispose() => _strace.Dispose();

    /// <summary>Calls that change a file, a folder or their attributes. Logs, devices and <c>/proc</c> aside.</summary>
    public static IEnumerable<string> FileWrites(IEnumerable<string> calls) =>
        calls.Where(c => (OpensToWrite().IsMatch(c) || ChangesFolder().IsMatch(c) || WritesFile().IsMatch(c)) && !NotAFile().IsMatch(c));

    /// <summary>Messages sent to the kernel over netlink, those that only ask included.</summary>
    public static IEnumerable<string> NetlinkMessages(IEnumerable<string> calls) => calls.Where(c => SendsNetlink().IsMatch(c));

    /// <summary>Among <see cref="NetlinkMessages"/>, those that change something.</summary>
    public static IEnumerable<string> NetlinkChanges(IEnumerable<string> calls) =>
        NetlinkMessages(calls).Where(c => ChangesNetlink().IsMatch(c));

    /// <summary>Programs executed.</summary>
    public static IEnumerable<string> Executions(IEnumerable<string> calls) => calls.Where(c => c.Contains(" execve", StringComparison.Ordinal));

    [GeneratedRegex(@"^\d+ +(open|openat|openat2|creat)\(.*O_(WRONLY|RDWR|CREAT|TRUNC)")]
    private static partial Regex OpensToWrite();

    [GeneratedRegex(@"^\d+ +(rename|renameat|renameat2|unlink|unlinkat|link|linkat|symlink|symlinkat|mkdir|mkdirat|rmdir|mknod|mknodat|truncate|chmod|fchmodat|chown|lchown|fchownat|utimensat|setxattr|fchmod|fchown|ftruncate|fallocate)\(")]
    private static partial Regex ChangesFolder();

    [GeneratedRegex(@"^\d+ +(write|pwrite64|writev|pwritev|pwritev2|sendfile|copy_file_range)\(\d+</")]
    private static partial Regex WritesFile();

    [GeneratedRegex(@"[""<]/(dev|proc|sys)/|[""<]/var/log/|\.out>|memfd:|<UNIX|<TCP|<pipe")]
    private static partial Regex NotAFile();

    [GeneratedRegex(@"^\d+ +(sendto|sendmsg|sendmmsg|write|writev)\(\d+<NETLINK:")]
    private static partial Regex SendsNetlink();

    [GeneratedRegex(@"(RTM|NFT_MSG|WG_CMD)_(NEW|DEL|SET)|IPSET_CMD_(CREATE|DESTROY|FLUSH|RENAME|SWAP|ADD|DEL)\b")]
    private static partial Regex ChangesNetlink();
}
