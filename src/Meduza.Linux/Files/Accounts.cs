using System.Globalization;
using System.Text;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>A user of <c>/etc/passwd</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its number.</param>
/// <param name="Gid">Its primary group.</param>
public sealed record Account(string Name, uint Uid, uint Gid);

/// <summary>
/// Users and groups as <c>/etc/passwd</c> and <c>/etc/group</c> have them (passwd(5), group(5)), read at once. No name
/// service is asked: a static image has none, and it would load foreign code into PID 1.
/// </summary>
public sealed class Accounts
{
    private readonly List<Account> _users = [];
    private readonly List<Group> _groups = [];

    private sealed record Group(string Name, uint Gid, string[] Members);

    private Accounts() { }

    /// <summary>Reads both files; one that is not there has no entries.</summary>
    /// <exception cref="LinuxException">One is there and cannot be read.</exception>
    public static Accounts Read(string passwd = "/etc/passwd", string group = "/etc/group")
    {
        var accounts = new Accounts();
        foreach (var fields in Lines(passwd))
        {
            // name:password:UID:GID:GECOS:home:shell
            if (fields.Length >= 4 && Number(fields[2], out var uid) && Number(fields[3], out var gid))
                accounts._users.Add(new Account(fields[0], uid, gid));
        }
        foreach (var fields in Lines(group))
        {
            // name:password:GID:members
            if (fields.Length >= 3 && Number(fields[2], out var gid))
                accounts._groups.Add(new(fields[0], gid, fields.Length > 3 ? fields[3].Split(',') : []));
        }
        return accounts;
    }

    /// <summary>The user of that name; null where there is none.</summary>
    public Account? FindUser(string name) => _users.Find(u => u.Name == name);

    /// <summary>The number of the group of that name; null where there is none.</summary>
    public uint? FindGroup(string name) => _groups.Find(g => g.Name == name)?.Gid;

    /// <summary>The first user with that number; null where there is none.</summary>
    public string? UserName(uint uid) => _users.Find(u => u.Uid == uid)?.Name;

    /// <summary>
    /// Whose a file is: the first user with that number, or the number where there is none. Root is root, also on a machine whose
    /// list of users does not name it.
    /// </summary>
    public string OwnerOf(FileStatus status) => status.Uid == 0 ? "root" : UserName(status.Uid) ?? status.Uid.ToString(CultureInfo.InvariantCulture);

    /// <summary>The first group with that number; null where there is none.</summary>
    public string? GroupName(uint gid) => _groups.Find(g => g.Gid == gid)?.Name;

    /// <summary>Every group that a process of this user is in, the primary one first (initgroups(3)).</summary>
    public IReadOnlyList<uint> GroupsOf(Account user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return [.. _groups.Where(g => g.Members.Contains(user.Name)).Select(g => g.Gid).Prepend(user.Gid).Distinct()];
    }

    private static IEnumerable<string[]> Lines(string path)
    {
        Descriptor file;
        try
        {
            file = Descriptor.Open(path, O_RDONLY);
        }
        catch (LinuxException e) when (e.Errno == ENOENT)
        {
            return [];
        }
        using (file)
        {
            return Encoding.UTF8.GetString(DescriptorIO.ReadToEnd(file, path))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith('#'))
                .Select(line => line.Split(':'));
        }
    }

    private static bool Number(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
