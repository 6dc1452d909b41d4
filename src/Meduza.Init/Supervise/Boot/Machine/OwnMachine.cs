using System.Globalization;
using Meduza.Linux;
using Meduza.Linux.Modules;

namespace Meduza.Init.Supervise.Boot.Machine;

/// <summary>
/// What a machine of its own needs before the ground of any gateway (<see cref="Ground"/>): modules, a disk for what is kept,
/// addresses. All of it is from the kernel's command line and from what is found; what is not there is a line, and the rest goes on.
/// </summary>
internal static class OwnMachine
{
    private const string Always = "/usr/lib/modules-load.d/meduza.conf";

    /// <returns>What is still to be done when devices come up.</returns>
    public static MachineNetwork Prepare(Action<string> say)
    {
        var parameters = MachineParameters.Parse(CommandLine(say), say);
        var drivers = LoadModules(say);
        if (parameters.Resolvers.Count > 0 && Environment.GetEnvironmentVariable("DNS_NAMESERVERS") is not { Length: > 0 })
            Environment.SetEnvironmentVariable("DNS_NAMESERVERS", string.Join(',', parameters.Resolvers));
        DataDisk.Mount(parameters, say);
        var network = new MachineNetwork(parameters, drivers, say);
        network.Try();
        return network;
    }

    /// <summary>For an image of PID 1 that goes on for another: devices that it was still waiting for. What the other did stays as it is.</summary>
    /// <returns>Null where it waited for none.</returns>
    public static MachineNetwork? GoOn(Action<string> say)
    {
        var parameters = MachineParameters.Parse(CommandLine(say), _ => { });
        var missing = MachineNetwork.Missing(parameters.Addresses);
        return missing.Count == 0 ? null : new(parameters with { Addresses = missing }, LoadModules(_ => { }), say);
    }

    /// <summary>As it was given to the kernel; empty where it cannot be read.</summary>
    public static string CommandLine(Action<string> say)
    {
        try
        {
            return File.ReadAllText("/proc/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            say($"warning: /proc/cmdline cannot be read: {e.GetType().Name}");
            return "";
        }
    }

    /// <summary>Loads the modules that a list names, and drivers for the devices that there are. A machine without a list has its own way to them.</summary>
    /// <returns>Null where there are no modules.</returns>
    public static DeviceDrivers? LoadModules(Action<string> say)
    {
        if (!File.Exists(Always))
            return null;
        try
        {
            if (KernelModules.OfRunningKernel() is not { } modules)
            {
                say($"error: {KernelModules.Root} has no modules for this kernel, {KernelModules.Release}: boot the kernel and the root of one bundle");
                return null;
            }
            foreach (var name in File.ReadLines(Always).Where(name => name.Length > 0 && name[0] != '#'))
                Try(() => modules.Load(name), name, say);
            var drivers = new DeviceDrivers(modules);
            drivers.LoadForNew(failure => say($"warning: a driver could not be loaded: {failure.Message}"));
            return drivers;
        }
        catch (LinuxException e)
        {
            say($"error: modules cannot be loaded: {e.Message}");
            return null;
        }
    }

    private static void Try(Action load, string name, Action<string> say)
    {
        try
        {
            load();
        }
        catch (LinuxException e)
        {
            say(string.Create(CultureInfo.InvariantCulture, $"warning: module {name} is not loaded, and what needs it will not work: {e.Message}"));
        }
    }
}
