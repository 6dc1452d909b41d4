extern alias rendering;

using rendering::Meduza.Gateway.Render;

namespace Meduza.Lab.Harness;

/// <summary>The users of the driven programs, made in a gateway's own root: this machine has some of them, the image all.</summary>
public static class ServiceUsers
{
    private const int FirstId = 880;

    /// <summary>Shell for <see cref="PidOneOptions.Prepare"/> that adds those that are not there.</summary>
    public static string Prepare { get; } = string.Join('\n', ProgramPrivileges.All.Select(p => p.User).Distinct().Select((user, n) => $"""
        if ! grep -q '^{user}:' /etc/passwd; then
            echo '{user}:x:{FirstId + n}:{FirstId + n}::/nonexistent:/usr/sbin/nologin' >> /etc/passwd
            echo '{user}:x:{FirstId + n}:' >> /etc/group
        fi
        """));
}
