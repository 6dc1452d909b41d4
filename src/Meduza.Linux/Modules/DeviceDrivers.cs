using System.Text;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Modules;

/// <summary>
/// Loads the drivers of the devices that there are: what udev does where it runs, by the same names (<c>modalias</c> in
/// sysfs). A driver may find further devices, as that of a bus does, so it is done again until nothing new is found.
/// </summary>
/// <param name="modules">Those that there are.</param>
/// <param name="buses">The folder of buses in sysfs.</param>
public sealed class DeviceDrivers(KernelModules modules, string buses = "/sys/bus")
{
    private readonly HashSet<string> _seen = [];

    /// <summary>Loads those of devices that have come up since the last time.</summary>
    /// <param name="failed">Told of each module that could not be loaded.</param>
    public void LoadForNew(Action<LinuxException> failed)
    {
        ArgumentNullException.ThrowIfNull(failed);
        for (var found = true; found;)
        {
            found = false;
            foreach (var device in NewDevices())
            {
                found = true;
                foreach (var driver in modules.Drivers(device))
                {
                    try
                    {
                        modules.Load(driver);
                    }
                    catch (LinuxException e)
                    {
                        failed(e);
                    }
                }
            }
        }
    }

    private List<string> NewDevices()
    {
        var devices = new List<string>();
        if (!Directory.Exists(buses))
            return devices;
        foreach (var bus in Directory.GetDirectories(buses))
        {
            var folder = $"{bus}/devices";
            if (!Directory.Exists(folder))
                continue;
            foreach (var device in Directory.GetFileSystemEntries(folder))
            {
                if (Alias($"{device}/modalias") is { Length: > 0 } alias && _seen.Add(alias))
                    devices.Add(alias);
            }
        }
        return devices;
    }

    // Many devices have none, and one may be gone by now.
    private static string? Alias(string path)
    {
        try
        {
            using var file = Descriptor.Open(path, O_RDONLY);
            return Encoding.UTF8.GetString(DescriptorIO.ReadToEnd(file, path)).TrimEnd('\n');
        }
        catch (LinuxException)
        {
            return null;
        }
    }
}
