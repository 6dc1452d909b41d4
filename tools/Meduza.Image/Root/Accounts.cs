namespace Meduza.Image.Root;

/// <summary>
/// <c>/etc/passwd</c> and <c>/etc/group</c>: root, nobody, and the users that the driven programs run as
/// (docs/security.md). Their numbers never change, since volumes keep them. No one can log in.
/// </summary>
public static class Accounts
{
    // From 970 down is nobody's in Debian's or systemd's tables. A new program's user is appended.
    private static readonly (string Name, int Id)[] Users =
    [
        ("dnsmasq", 901), ("openvpn", 902), ("tinc", 903), ("wireguard", 904), ("easytier", 905), ("frr", 906), ("mihomo", 907), ("mosdns", 908), ("etcd", 909),
    ];

    /// <summary>Who is in it may use FRR's terminals; FRR is, and has it compiled in.</summary>
    private const string Terminals = "frrvty:x:920:frr";

    /// <summary>Of terminals: PID 1 mounts <c>/dev/pts</c> with it.</summary>
    private const string Tty = "tty:x:5:";

    public static string Passwd => Lines(
    [
        "root:x:0:0:root:/root:/usr/sbin/nologin",
        .. Users.Select(user => $"{user.Name}:x:{user.Id}:{user.Id}::/nonexistent:/usr/sbin/nologin"),
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
    ]);

    public static string Group => Lines(["root:x:0:", Tty, .. Users.Select(user => $"{user.Name}:x:{user.Id}:"), Terminals, "nogroup:x:65534:"]);

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
