using System.Text.Json.Nodes;
using Meduza.Container.Deploy;
using Meduza.Container.Harness;
using Meduza.Lab.Harness;

namespace Meduza.Container;

/// <summary>The examples of docs/deploy, each read by the program that it is for: all three say the same, and with what they say a container is whole.</summary>
public sealed class DeployTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly SoloGateway _solo = SoloGateway.Create();
    private readonly Engines _engines;

    public DeployTests()
    {
        _engines = new(_solo.Lab, _solo.Gateway.Network);
        // The "host" that lends its network.
        _solo.Gateway.Network.Ip("link set lo up");
    }

    [Fact]
    public void A_container_of_the_compose_file_and_one_of_the_DaemonSet_are_whole()
    {
        var (compose, daemonSet) = (ComposeFile.Read(_engines), DaemonSetFile.Read());
        Says(compose, image: "meduza:latest", hasNoNewPrivileges: true);
        Assert.Null(compose.HealthCheck);
        // CAP_SYS_ADMIN is privilege escalation to Kubernetes, which refuses to grant it and deny that.
        Says(daemonSet, image: "meduza:latest", hasNoNewPrivileges: false);
        Assert.Equal(Check, daemonSet.HealthCheck);
        _solo.Etcd.Commit("first");
        foreach (var (name, example) in ((string, Example)[])[("compose", compose), ("daemonset", daemonSet)])
        {
            using var container = RunningContainer.Start(_solo.Lab.Folder, example.Setup(name, _solo.Gateway.Network, _solo.Lab.Folder.Path, Environment));
            container.WaitUntilHealthy(Limit);
            WarnsOfTheHostAlone(container.Output);
            Assert.Equal(0, container.Stop().ShellCode);
        }
    }

    [Fact]
    public void Podman_loads_the_image_and_its_container_by_the_quadlet_is_whole()
    {
        var quadlet = Quadlet.Read(_engines);
        Says(quadlet.ToExample(), image: "docker.io/library/meduza:latest", hasNoNewPrivileges: true);
        Assert.Equal(Check, quadlet.ToExample().HealthCheck);
        _solo.Etcd.Commit("first");

        var archive = Engines.Outside(BuiltImage.Ours.Path);
        Assert.Contains("Loaded image: docker.io/library/meduza:latest", Podman("load", "-i", archive), StringComparison.Ordinal);
        Podman([.. quadlet.Start("meduza", Environment)]);
        for (var end = System.Environment.TickCount64 + (long)Limit.TotalMilliseconds; _engines.Podman("healthcheck", "run", "meduza").ExitCode != 0; Thread.Sleep(300))
            Assert.True(System.Environment.TickCount64 < end, $"it is not healthy\n{_engines.Podman("logs", "meduza").Output}\n{_engines.Podman("exec", "meduza", "/bin/meduza", "status").Output}");
        WarnsOfTheHostAlone(Podman("logs", "meduza"));
        Podman("stop", "meduza");
        // It goes with its end, and then its watcher (conmon) does.
        for (var end = System.Environment.TickCount64 + (long)Limit.TotalMilliseconds; _engines.Podman("container", "exists", "meduza").ExitCode == 0; Thread.Sleep(100))
            Assert.True(System.Environment.TickCount64 < end, "it does not go");
    }

    [Fact]
    public void The_archive_is_read_as_what_docker_save_writes_and_as_one_of_OCI() => Assert.All(["docker-archive", "oci-archive"], format =>
    {
        var config = JsonNode.Parse(_engines.MustRun(["/usr/bin/skopeo", "inspect", "--config", $"{format}:{Engines.Outside(BuiltImage.Ours.Path)}"]))!;
        Assert.True(JsonNode.DeepEquals(BuiltImage.Ours.Config["rootfs"], config["rootfs"]), config.ToJsonString());
    });

    [Fact]
    public void An_image_that_is_built_by_the_Dockerfile_is_the_same()
    {
        const string Built = "localhost/built:latest";
        // Docker's format: that of OCI has no health check.
        Podman("build", "--format=docker", "--build-arg", $"TARGETARCH={BuiltImage.Arch.Name}", "-t", Built, Engines.Outside(BuiltImage.Sources));

        var config = JsonNode.Parse(Podman("image", "inspect", "--format", "{{json .Config}}", Built))!;
        var ours = BuiltImage.Ours.Config["config"]!;
        Assert.All(["Entrypoint", "Env", "StopSignal"], part => Assert.True(JsonNode.DeepEquals(ours[part], config[part]), $"{part}: {config.ToJsonString()}"));
        Assert.True(JsonNode.DeepEquals(ours["Healthcheck"], JsonNode.Parse(Podman("image", "inspect", "--format", "{{json .HealthCheck}}", Built))), config.ToJsonString());
        Assert.Equal("meduza", (string?)config["Labels"]!["org.opencontainers.image.title"]);
        Assert.Equal(
            BuiltImage.Ours.Config["rootfs"]!["diff_ids"]!.AsArray().Count,
            JsonNode.Parse(Podman("image", "inspect", "--format", "{{json .RootFS.Layers}}", Built))!.AsArray().Count);
        Assert.StartsWith("meduza ", Podman("run", "--rm", "--network=host", "--cgroups=disabled", "--entrypoint=/bin/meduza", Built, "version"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _engines.Dispose();
        _solo.Dispose();
    }

    private static IReadOnlyList<string> Check => [.. BuiltImage.Ours.Config["config"]!["Healthcheck"]!["Test"]!.AsArray().Skip(1).Select(word => (string)word!)];

    private IReadOnlyList<string> Environment => [$"NODE_ID={SoloGateway.Node}", $"ETCD_ENDPOINTS={_solo.Etcd.Endpoint}"];

    private static void Says(Example example, string image, bool hasNoNewPrivileges)
    {
        Assert.Equal(image, example.Image);
        Assert.Equal(ContainerSetup.Enough, example.Capabilities);
        Assert.True(example is { HasHostNetwork: true, IsReadOnly: true, MayMount: true }, $"{example}");
        Assert.Equal(hasNoNewPrivileges, example.HasNoNewPrivileges);
        Assert.Equal(["/run", "/tmp"], example.InMemory);
        Assert.Equal(["/data"], example.Kept);
        Assert.Equal(["/dev/net/tun"], example.Devices);
        Assert.Equal(["ETCD_ENDPOINTS", "NODE_ID"], example.Environment);
        // PID 1 takes 30 s at most.
        Assert.InRange(example.StopSeconds, 31, 60);
    }

    // Of the kernel settings that are not the container's, and of resolvers that a lab has not; not of a root that cannot be
    // written, nor of the resolv.conf that an engine mounts.
    private static void WarnsOfTheHostAlone(string output) => Assert.DoesNotContain(
        output.Split('\n'),
        line => (line.StartsWith("meduza-init: warning: ", StringComparison.Ordinal) && !line.Contains(" sysctl net.", StringComparison.Ordinal))
            || (line.StartsWith("agent: warning: ", StringComparison.Ordinal) && !line.Contains(" does not answer", StringComparison.Ordinal)));

    private string Podman(params IReadOnlyList<string> arguments)
    {
        var result = _engines.Podman(arguments);
        Assert.True(result.ExitCode == 0, $"podman {string.Join(' ', arguments)}: {result.Output}{result.Error}");
        return result.Output;
    }
}
