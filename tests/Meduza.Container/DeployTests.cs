using System.Text.RegularExpressions;
using Meduza.Container.Harness;
using YamlDotNet.RepresentationModel;

namespace Meduza.Container;

/// <summary>The examples of docs/deploy: they can be read, and say what the container of these tests is run with.</summary>
public partial class DeployTests
{
    private static readonly IEnumerable<string> Names = ContainerSetup.Enough.Select(name => name["CAP_".Length..]);

    private static string Folder => $"{BuiltImage.Sources}/docs";

    [Fact]
    public void The_page_names_the_capabilities_that_are_enough()
    {
        var page = File.ReadAllText($"{Folder}/deploy.md");
        Assert.Equal(Names, Flag().Matches(page).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.Equal(ContainerSetup.Enough, Row().Matches(page).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_compose_file_does()
    {
        var service = Map(Map(Yaml("compose.yaml"), "services"), "meduza");
        Assert.Equal(Names, Texts(service, "cap_add"));
        Assert.Equal(["ALL"], Texts(service, "cap_drop"));
        Assert.Equal("true", Text(service, "read_only"));
        Assert.Equal(["/run", "/tmp"], Texts(service, "tmpfs"));
        Assert.Equal(["/dev/net/tun"], Texts(service, "devices"));
        Assert.Equal(["meduza:/data"], Texts(service, "volumes"));
    }

    [Fact]
    public void The_quadlet_does()
    {
        var section = "";
        var lines = new List<(string Section, string Name, string Value)>();
        foreach (var line in File.ReadAllLines($"{Folder}/deploy/meduza.container").Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == '[')
            {
                section = line.Trim('[', ']');
                continue;
            }
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            Assert.True(equals > 0, line);
            lines.Add((section, line[..equals], line[(equals + 1)..]));
        }
        Assert.Equal(["Unit", "Container", "Service", "Install"], lines.Select(line => line.Section).Distinct());
        string[] Values(string name) => [.. lines.Where(line => line.Section == "Container" && line.Name == name).Select(line => line.Value)];
        Assert.Equal(Names, Assert.Single(Values("AddCapability")).Split(' '));
        Assert.Equal(["all"], Values("DropCapability"));
        Assert.Equal(["true"], Values("ReadOnly"));
        Assert.Equal(["/run", "/tmp"], Values("Tmpfs"));
        Assert.Equal(["/dev/net/tun"], Values("AddDevice"));
        Assert.Equal([string.Join(' ', Check)], Values("HealthCmd"));
    }

    [Fact]
    public void The_DaemonSet_does()
    {
        var set = Yaml("daemonset.yaml");
        var template = Map(Map(set, "spec"), "template");
        Assert.Equal(Pairs(Map(Map(Map(set, "spec"), "selector"), "matchLabels")), Pairs(Map(Map(template, "metadata"), "labels")));
        var pod = Map(template, "spec");
        var container = (YamlMappingNode)Assert.Single((YamlSequenceNode)pod["containers"]);
        var security = Map(container, "securityContext");
        Assert.Equal(Names, Texts(Map(security, "capabilities"), "add"));
        Assert.Equal(["ALL"], Texts(Map(security, "capabilities"), "drop"));
        Assert.Equal("true", Text(security, "readOnlyRootFilesystem"));
        Assert.Equal(Check, Texts(Map(Map(container, "readinessProbe"), "exec"), "command"));
        // What is mounted is there to be mounted.
        var mounts = ((YamlSequenceNode)container["volumeMounts"]).Cast<YamlMappingNode>().ToDictionary(mount => Text(mount, "name"), mount => Text(mount, "mountPath"));
        Assert.Equal(mounts.Keys.Order(StringComparer.Ordinal), ((YamlSequenceNode)pod["volumes"]).Cast<YamlMappingNode>().Select(volume => Text(volume, "name")).Order(StringComparer.Ordinal));
        Assert.Equal(["/data", "/dev/net/tun", "/run", "/tmp"], mounts.Values.Order(StringComparer.Ordinal));
    }

    private static string[] Check => [.. BuiltImage.Ours.Config["config"]!["Healthcheck"]!["Test"]!.AsArray().Skip(1).Select(word => (string)word!)];

    private static YamlMappingNode Yaml(string file)
    {
        var stream = new YamlStream();
        using var text = File.OpenText($"{Folder}/deploy/{file}");
        stream.Load(text);
        return (YamlMappingNode)Assert.Single(stream.Documents).RootNode;
    }

    private static YamlMappingNode Map(YamlMappingNode node, string name) => (YamlMappingNode)node[name];

    private static string Text(YamlMappingNode node, string name) => ((YamlScalarNode)node[name]).Value!;

    private static IEnumerable<string> Texts(YamlMappingNode node, string name) => ((YamlSequenceNode)node[name]).Select(item => ((YamlScalarNode)item).Value!);

    private static IEnumerable<(string, string)> Pairs(YamlMappingNode node) => node.Children.Select(child => (((YamlScalarNode)child.Key).Value!, ((YamlScalarNode)child.Value).Value!));

    [GeneratedRegex(@"--cap-add (\w+)")]
    private static partial Regex Flag();

    [GeneratedRegex(@"^\| `(CAP_\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
