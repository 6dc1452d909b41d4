using System.Security.Cryptography;
using System.Text;
using Meduza.Gateway.Model.Values;
using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Agent;

/// <summary>The password of mihomo's API: made when mihomo first needs one, and kept, so that a restart is no other configuration.</summary>
internal static class MihomoSecretFile
{
    public const string DefaultPath = "/var/lib/meduza/mihomo-secret";

    private const int Length = 32;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="LinuxException">It cannot be kept.</exception>
    public static Secret LoadOrMake(string path)
    {
        if (Load(path) is { } kept)
            return kept;
        Folder.Ensure(Path.GetDirectoryName(path)!, Private | UnixFileMode.UserExecute, uid: 0, gid: 0);
        var made = RandomNumberGenerator.GetHexString(Length, lowercase: true);
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(made), Private, uid: 0, gid: 0, sync: true);
        return new Secret(made);
    }

    /// <summary>What is kept; null where nothing is, yet.</summary>
    public static Secret? Load(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            return text.Length == Length && text.All(char.IsAsciiHexDigit) ? new Secret(text) : null;
        }
        catch (IOException)
        {
            // Not there yet; whatever else it is, writing it will tell.
            return null;
        }
    }
}
