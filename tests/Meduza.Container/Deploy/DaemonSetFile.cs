using k8s;
using k8s.Models;

namespace Meduza.Container.Deploy;

/// <summary>daemonset.yaml as Kubernetes' own client reads it: with the types of its API, and no name that these do not have.</summary>
internal static class DaemonSetFile
{
    public static Example Read()
    {
        var set = KubernetesYaml.Deserialize<V1DaemonSet>(File.ReadAllText($"{Example.Folder}/daemonset.yaml"), strict: true);
        Assert.Equal(("apps/v1", "DaemonSet"), (set.ApiVersion, set.Kind));
        var pod = set.Spec.Template.Spec;
        Assert.Equal(set.Spec.Selector.MatchLabels, set.Spec.Template.Metadata.Labels);
        var container = Assert.Single(pod.Containers);
        var security = container.SecurityContext;
        Assert.Equal(["ALL"], security.Capabilities.Drop);
        var probe = container.ReadinessProbe;
        Assert.InRange(probe.TimeoutSeconds!.Value, 1, probe.PeriodSeconds!.Value);
        // What is mounted is there to be mounted.
        var volumes = pod.Volumes.ToDictionary(volume => volume.Name);
        var mounts = container.VolumeMounts.Select(mount => (Path: mount.MountPath, Volume: volumes[mount.Name])).ToList();
        Assert.Equal(volumes.Count, mounts.Count);
        return new()
        {
            Image = container.Image,
            Capabilities = [.. security.Capabilities.Add.Select(name => $"CAP_{name}").Order(StringComparer.Ordinal)],
            HasHostNetwork = pod.HostNetwork == true,
            IsReadOnly = security.ReadOnlyRootFilesystem == true,
            HasNoNewPrivileges = security.AllowPrivilegeEscalation == false,
            MayMount = security.AppArmorProfile.Type == "Unconfined",
            InMemory = Paths(volume => volume.EmptyDir?.Medium == "Memory"),
            Kept = Paths(volume => volume.HostPath?.Type == "DirectoryOrCreate"),
            Devices = Paths(volume => volume.HostPath is { Type: "CharDevice" } device && device.Path == mounts.Single(mount => mount.Volume == volume).Path),
            Environment = [.. container.Env.Select(variable => variable.Name).Order(StringComparer.Ordinal)],
            StopSeconds = (int)pod.TerminationGracePeriodSeconds!.Value,
            HealthCheck = [.. probe.Exec.Command],
        };

        IReadOnlyList<string> Paths(Func<V1Volume, bool> wanted) => [.. mounts.Where(mount => wanted(mount.Volume)).Select(mount => mount.Path)];
    }
}
