using System.Text;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Gateway.Yaml;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Downloads;
using Meduza.Init.Agent.Preflights;
using Meduza.Init.Agent.Store;

namespace Meduza.Init.Cli.Support;

/// <summary>
/// Hides the secrets of this node that are known, wherever they stand. Nothing that goes into the archive should have one: this is
/// for what a program said that nobody thought of.
/// </summary>
internal sealed class SecretMask(IReadOnlyCollection<string> secrets)
{
    /// <summary>What is shorter stands in many words.</summary>
    private const int Shortest = 8;

    public string Hide(string text) => ProgramWords.Hide(text, secrets);

    /// <summary>By the keys in force and those kept before them, the environment, and mihomo's files.</summary>
    public static SecretMask Of(Session session, string node)
    {
        HashSet<string> all = new(StringComparer.Ordinal);
        Add(session.Variable(EtcdSettings.PasswordVariable));
        AddProxy(session.Variable(NodeSettings.DownloadProxyVariable));
        Add(MihomoSecretFile.Load(MihomoSecretFile.DefaultPath)?.Reveal());
        foreach (var kept in new SnapshotFolder(session.SnapshotFolder).Load(_ => { }))
        {
            foreach (var (key, value) in kept.Keys.Keys)
            {
                if (KeyTable.Find(key)?.IsSecret == true && (key.StartsWith("/global/", StringComparison.Ordinal) || key.StartsWith($"/nodes/{node}/", StringComparison.Ordinal)))
                    Add(Encoding.UTF8.GetString(value.Span));
            }
        }
        if (Directory.Exists(SubscriptionKeeper.DefaultPath))
        {
            foreach (var name in Directory.EnumerateFiles(SubscriptionKeeper.DefaultPath).Select(path => Path.GetFileName(path)!))
                AddSubscription(name);
        }
        return new(all);

        void Add(string? secret)
        {
            foreach (var line in (secret ?? "").Split('\n', StringSplitOptions.TrimEntries))
            {
                if (line.Length >= Shortest && !line.StartsWith("-----", StringComparison.Ordinal))
                    all.Add(line);
            }
        }

        // Of an address only the password in it.
        void AddProxy(string? address)
        {
            if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.UserInfo.Split(':', 2) is [_, var password])
                Add(Uri.UnescapeDataString(password));
        }

        void AddSubscription(string name)
        {
            try
            {
                if (new DownloadFolder(SubscriptionKeeper.DefaultPath).Load(name, _ => { }) is { } kept)
                {
                    foreach (var secret in MihomoSecrets.In(kept.Content))
                        Add(secret);
                }
            }
            catch (YamlReadException)
            {
                // One that was kept was read before; what cannot be read is used by nobody.
            }
        }
    }
}
