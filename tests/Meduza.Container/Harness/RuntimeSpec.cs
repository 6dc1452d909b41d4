using System.Text.Json.Nodes;

namespace Meduza.Container.Harness;

/// <summary>The <c>config.json</c> of a bundle (OCI runtime specification), as Docker and podman write it for a container of the image.</summary>
internal static class RuntimeSpec
{
    /// <summary>What an engine makes for each container and mounts, as it mounts the root: a network is the engine's to say.</summary>
    public static IReadOnlyList<string> Made { get; } = ["hosts", "hostname", "resolv.conf"];

    /// <param name="made">The folder with these files.</param>
    public static JsonObject Of(JsonNode image, ContainerSetup setup, string made)
    {
        var config = image["config"]!;
        var capabilities = () => Texts(setup.Capabilities);
        return new()
        {
            ["ociVersion"] = "1.0.0",
            ["hostname"] = setup.Name,
            ["root"] = new JsonObject { ["path"] = "rootfs", ["readonly"] = setup.IsReadOnly },
            ["process"] = new JsonObject
            {
                ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
                ["args"] = config["Entrypoint"]!.DeepClone(),
                ["env"] = Texts([.. config["Env"]!.AsArray().Select(e => (string)e!), .. setup.Environment]),
                ["cwd"] = (string)config["WorkingDir"]!,
                ["capabilities"] = new JsonObject { ["bounding"] = capabilities(), ["effective"] = capabilities(), ["permitted"] = capabilities() },
                ["noNewPrivileges"] = setup.HasNoNewPrivileges,
            },
            ["mounts"] = new JsonArray(
            [
                Mount("/proc", "proc", "proc"),
                Mount("/dev", "tmpfs", "tmpfs", "nosuid", "mode=755"),
                Mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"),
                Mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777"),
                Mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
                .. setup.InMemory.Select(folder => Mount(folder, "tmpfs", "tmpfs", "nosuid", "nodev", folder == "/run" ? "mode=755" : "mode=1777")),
                .. Made.Select(file => Mount($"/etc/{file}", "bind", $"{made}/{file}", "rbind", setup.IsReadOnly ? "ro" : "rw")),
                .. setup.DataSize is { } size ? (JsonNode[])[Mount("/data", "tmpfs", "tmpfs", $"size={size}")] : [],
                .. setup.Binds.Select(bind => Mount(bind.Target, "bind", bind.Source, "rbind", "rw")),
            ]),
            ["linux"] = new JsonObject
            {
                ["namespaces"] = new JsonArray(
                [
                    .. ((string[])["pid", "ipc", "uts", "mount", "cgroup"]).Select(type => new JsonObject { ["type"] = type }),
                    setup.Network is { } network ? new JsonObject { ["type"] = "network", ["path"] = network.Handle } : new JsonObject { ["type"] = "network" },
                ]),
                ["devices"] = setup.HasTun
                    ? new JsonArray(new JsonObject { ["path"] = "/dev/net/tun", ["type"] = "c", ["major"] = 10, ["minor"] = 200, ["fileMode"] = 0b110_110_110, ["uid"] = 0, ["gid"] = 0 })
                    : [],
                ["maskedPaths"] = Texts(["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"]),
                ["readonlyPaths"] = Texts(["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sysrq-trigger", .. setup.WritesSettings ? (string[])[] : ["/proc/sys"]]),
            },
        };
    }

    private static JsonObject Mount(string target, string type, string source, params IReadOnlyList<string> options) => new()
    {
        ["destination"] = target,
        ["type"] = type,
        ["source"] = source,
        ["options"] = Texts(options),
    };

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
