using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Soak;

/// <summary>What a node must be, as <c>meduza render --out</c> says it.</summary>
/// <remarks>
/// It renders for the image. This machine's FRR may be one without mgmtd, whose staticd reads a file of its own, and its
/// kernel one without WireGuard, so that wireguard-go is a service: those two differences are taken out here.
/// </remarks>
internal sealed class RenderedNode
{
    private const string StaticRoutes = "/run/frr/meduza/staticd.conf";

    private readonly JsonNode _state;
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private RenderedNode(string node, string folder, bool hasMgmtd)
    {
        Node = node;
        _state = JsonNode.Parse(File.ReadAllText($"{folder}/state.json"))!;
        foreach (var file in _state["files"]!.AsArray())
        {
            var path = (string)file!["path"]!;
            _files[path == "/etc/frr/mgmtd.conf" && !hasMgmtd ? StaticRoutes : path] = File.ReadAllBytes(folder + path);
        }
        Services = ReadServices(hasMgmtd);
    }

    public string Node { get; }

    /// <summary>Each file that must be there, and its bytes.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => _files;

    /// <summary>Mode, as octal digits, and owner of each file.</summary>
    public IEnumerable<(string Path, string Mode, string Owner)> FileRights =>
        _state["files"]!.AsArray().Select(file => ((string)file!["path"]!, (string)file["mode"]!, (string)file["owner"]!)).Where(file => _files.ContainsKey(file.Item1));

    /// <summary>Folders in which nothing else may lie.</summary>
    public IEnumerable<string> OwnedFolders =>
        _state["folders"]!.AsArray().Where(folder => (bool)folder!["owned"]!).Select(folder => (string)folder!["path"]!);

    /// <summary>Each service, and its arguments with spaces between; null where those are another release's.</summary>
    public IReadOnlyDictionary<string, string?> Services { get; }

    public IEnumerable<(string Name, IReadOnlyList<string> Addresses, int? Mtu)> Links => _state["links"]!.AsArray().Select(link =>
        ((string)link!["name"]!, (IReadOnlyList<string>)[.. link["addresses"]!.AsArray().Select(address => (string)address!)], (int?)link["mtu"]));

    public IEnumerable<(string Device, string Component, int? Port, JsonArray Peers)> WireGuard => _state["wire_guard"]!.AsArray().Select(device =>
        ((string)device!["device"]!, (string)device["component"]!, (int?)device["listen_port"], device["peers"]!.AsArray()));

    public IEnumerable<string> Forwards => _state["packets"]!["forwards"]!.AsArray().Select(forward => (string)forward!);

    public IEnumerable<string> Mappings => _state["packets"]!["mappings"]!.AsArray().Select(mapping => (string)mapping!);

    /// <summary>The files that a service reads at its start, and not again.</summary>
    public IEnumerable<string> ReadAtStart(string service) => service switch
    {
        "dnsmasq" => ["/etc/dnsmasq.conf"],
        "tinc" => _files.Keys.Where(path => path.EndsWith("/rsa_key.priv", StringComparison.Ordinal) || path.EndsWith($"/hosts/{Node.Replace("-", "", StringComparison.Ordinal)}", StringComparison.Ordinal)),
        _ when service.StartsWith("openvpn-", StringComparison.Ordinal) => _files.Keys.Where(path => path.StartsWith($"/etc/openvpn/generated/{service["openvpn-".Length..]}.", StringComparison.Ordinal)),
        _ => [],
    };

    /// <summary>Renders a node from keys.</summary>
    /// <param name="folder">For files; it is emptied.</param>
    /// <returns>Null where the node rejects them.</returns>
    public static RenderedNode? TryRender(string node, IReadOnlyDictionary<string, string> keys, string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        var input = new JsonObject(keys.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))).ToJsonString();
        var result = Linux.Process.Command.Run(Binary.Path, ["render", "--node", node, "--from", "-", "--out", folder], Must.Patience, input);
        return result.ExitCode switch
        {
            0 => new(node, folder, File.Exists("/usr/lib/frr/mgmtd")),
            1 => null,
            _ => throw Must.Failed(["meduza", "render"], result),
        };
    }

    private Dictionary<string, string?> ReadServices(bool hasMgmtd)
    {
        var services = _state["services"]!.AsArray().ToDictionary(
            service => (string)service!["name"]!, service => (string?)string.Join(' ', service!["command"]!.AsArray().Select(word => (string)word!)));
        if (!hasMgmtd && services.Remove("mgmtd"))
            services["staticd"] = null;
        foreach (var device in _state["wire_guard"]!.AsArray().Where(device => (bool)device!["in_kernel"]!))
            services[((string)device!["component"]!).Replace('/', '-')] = $"/usr/bin/wireguard-go -f {(string)device["device"]!}";
        return services;
    }
}
