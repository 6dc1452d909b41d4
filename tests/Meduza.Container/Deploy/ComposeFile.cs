using System.Text.Json.Nodes;
using Meduza.Container.Harness;

namespace Meduza.Container.Deploy;

/// <summary>compose.yaml as docker-compose itself reads it, by its own schema.</summary>
internal static class ComposeFile
{
    public static string Path => $"{Example.Folder}/compose.yaml";

    /// <exception cref="Lab.Harness.LabException">docker-compose refuses it.</exception>
    public static Example Read(Engines engines)
    {
        var service = JsonNode.Parse(engines.MustRun(["/usr/bin/docker-compose", "-f", Engines.Outside(Path), "config", "--format", "json"]))!["services"]!["meduza"]!;
        Assert.Equal(["ALL"], Texts(service["cap_drop"]));
        Assert.Equal("unless-stopped", (string?)service["restart"]);
        var options = Texts(service["security_opt"]);
        return new()
        {
            Image = (string)service["image"]!,
            Capabilities = [.. Texts(service["cap_add"]).Select(name => $"CAP_{name}").Order(StringComparer.Ordinal)],
            HasHostNetwork = (string?)service["network_mode"] == "host",
            IsReadOnly = (bool)service["read_only"]!,
            HasNoNewPrivileges = options.Contains("no-new-privileges:true"),
            MayMount = options.Contains("apparmor:unconfined"),
            InMemory = Texts(service["tmpfs"]),
            Kept = [.. service["volumes"]!.AsArray().Select(volume => (string)volume!["target"]!)],
            Devices = [.. service["devices"]!.AsArray().Select(device => (string)device!["target"]!)],
            Environment = [.. service["environment"]!.AsObject().Select(variable => variable.Key).Order(StringComparer.Ordinal)],
            StopSeconds = int.Parse(((string)service["stop_grace_period"]!).TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture),
            HealthCheck = null,
        };
    }

    private static List<string> Texts(JsonNode? array) => [.. array!.AsArray().Select(text => (string)text!)];
}
