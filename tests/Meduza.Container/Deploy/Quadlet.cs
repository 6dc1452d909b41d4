using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Meduza.Container.Harness;

namespace Meduza.Container.Deploy;

/// <summary>meduza.container as podman's own generator makes a unit of systemd of it.</summary>
internal sealed class Quadlet
{
    // Those of podman run that the generator gives no value.
    private static readonly string[] Bare = ["--replace", "--rm", "-d", "--read-only"];

    private readonly List<(string Flag, string Value)> _options = [];

    private Quadlet(IReadOnlyList<string> words)
    {
        Assert.Equal(["/usr/bin/podman", "run"], words.Take(2));
        for (var i = 2; i < words.Count; i++)
        {
            if (!words[i].StartsWith('-'))
                Image = words[i];
            else if (words[i].IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
                _options.Add((words[i][..equals], words[i][(equals + 1)..]));
            else
                _options.Add((words[i], Bare.Contains(words[i]) ? "" : words[++i]));
        }
    }

    private string Image { get; } = "";

    /// <exception cref="Lab.Harness.LabException">The generator refuses it.</exception>
    public static Quadlet Read(Engines engines)
    {
        var unit = engines.MustRun(["/usr/libexec/podman/quadlet", "-dryrun"], $"QUADLET_UNIT_DIRS={Engines.Outside(Example.Folder)}").Split('\n');
        return new(Words(unit.Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..]));
    }

    public Example ToExample()
    {
        Assert.Equal(["all"], Values("--cap-drop"));
        var security = Values("--security-opt");
        return new()
        {
            Image = Image,
            Capabilities = [.. Values("--cap-add").Select(name => $"CAP_{name.ToUpperInvariant()}").Order(StringComparer.Ordinal)],
            HasHostNetwork = Values("--network") is ["host"],
            IsReadOnly = Values("--read-only").Count == 1,
            HasNoNewPrivileges = security.Contains("no-new-privileges"),
            MayMount = security.Contains("apparmor=unconfined"),
            InMemory = Values("--tmpfs"),
            Kept = [.. Values("-v").Select(volume => volume.Split(':')[1])],
            Devices = Values("--device"),
            Environment = [.. Values("--env").Select(variable => variable.Split('=')[0]).Order(StringComparer.Ordinal)],
            StopSeconds = int.Parse(Assert.Single(Values("--stop-timeout")), CultureInfo.InvariantCulture),
            // A text that is no list is for a shell.
            HealthCheck = [.. JsonNode.Parse(Assert.Single(Values("--health-cmd")))!.AsArray().Select(word => (string)word!)],
        };
    }

    /// <summary>
    /// The arguments for podman, as systemd would start it but for what is systemd's own: it puts names for %N and %t, gives
    /// the unit a group of processes, and has a socket to be told on.
    /// </summary>
    /// <param name="environment">Instead of what the unit sets.</param>
    public IReadOnlyList<string> Start(string name, IReadOnlyList<string> environment) =>
    [
        "run", "--cgroups=disabled",
        .. _options.Where(option => option.Flag is not ("--cgroups" or "--sdnotify" or "--env"))
            .SelectMany(option => option.Value.Length == 0
                ? (string[])[option.Flag]
                : [option.Flag, option.Value.Replace("systemd-%N", name, StringComparison.Ordinal).Replace("%N", name, StringComparison.Ordinal).Replace("%t", "/run", StringComparison.Ordinal)]),
        .. environment.SelectMany(variable => (string[])["--env", variable]),
        Image,
    ];

    private List<string> Values(string flag) => [.. _options.Where(option => option.Flag == flag).Select(option => option.Value)];

    // systemd.service(5), "Command lines": only what the generator uses, words in quotes with a backslash before a quote in them.
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
                isQuoted = !isQuoted;
            else if (line[i] == ' ' && !isQuoted)
                Finish();
            else
                word.Append(line[i] == '\\' ? line[++i] : line[i]);
        }
        Finish();
        return words;

        void Finish()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }
}
