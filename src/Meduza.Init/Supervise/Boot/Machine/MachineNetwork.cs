using Meduza.Linux;
using Meduza.Linux.Modules;
using Meduza.Linux.Netlink.Route;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Boot.Machine;

/// <summary>
/// Gives the machine's devices the addresses of the kernel's command line, and the default routes. A card may come up later
/// than PID 1 (one on USB does): what it is to have is tried again until it is there.
/// </summary>
/// <param name="drivers">For devices that come up; null where there are no modules.</param>
/// <param name="say">Told once of each that waits, and of each that the kernel refuses.</param>
internal sealed class MachineNetwork(MachineParameters parameters, DeviceDrivers? drivers, Action<string> say)
{
    private readonly List<GivenAddress> _addresses = [.. parameters.Addresses];
    private readonly List<System.Net.IPAddress> _gateways = [.. parameters.Gateways];
    private readonly HashSet<string> _said = [];

    /// <summary>True when nothing is left to be done.</summary>
    public bool IsDone => _addresses.Count == 0 && _gateways.Count == 0;

    /// <summary>The addresses of devices that are not there.</summary>
    public static IReadOnlyList<GivenAddress> Missing(IReadOnlyList<GivenAddress> addresses)
    {
        if (addresses.Count == 0)
            return addresses;
        using var routes = RouteSocket.Open();
        return [.. addresses.Where(given => routes.GetLink(given.Device) is null)];
    }

    /// <summary>Does what can be done now.</summary>
    public void Try()
    {
        drivers?.LoadForNew(failure => say($"warning: a driver could not be loaded: {failure.Message}"));
        try
        {
            using var routes = RouteSocket.Open();
            _addresses.RemoveAll(given => Set(routes, given));
            _gateways.RemoveAll(gateway => Route(routes, gateway));
        }
        catch (LinuxException e)
        {
            Once("socket", $"error: devices cannot be given their addresses: {e.Message}; trying again");
        }
    }

    private bool Set(RouteSocket routes, GivenAddress given)
    {
        if (routes.GetLink(given.Device) is not { } link)
        {
            var there = string.Join(", ", routes.GetLinks().Where(other => other.Name != "lo").Select(other => other.Name));
            Once($"{given}", $"warning: kernel parameter meduza.address={given}: there is no device {given.Device} yet; there {(there.Length > 0 ? $"is {there}" : "is none: the bundle may lack its driver")}");
            return false;
        }
        try
        {
            routes.SetUp(link.Index);
            routes.AddAddress(link.Index, given.Address, given.PrefixLength);
        }
        catch (LinuxException e) when (e.Errno == EEXIST)
        {
            // So it is what it must be: an image of PID 1 before this one did it.
        }
        catch (LinuxException e)
        {
            say($"error: kernel parameter meduza.address={given}: {e.Message}");
        }
        return true;
    }

    // Its network comes with an address, which may still be waited for.
    private bool Route(RouteSocket routes, System.Net.IPAddress gateway)
    {
        try
        {
            routes.ReplaceDefaultRoute(gateway, null);
            return true;
        }
        catch (LinuxException e)
        {
            Once($"{gateway}", $"warning: kernel parameter meduza.gateway={gateway}: {e.Message}; it must be in a network of a meduza.address; trying again");
            return false;
        }
    }

    private void Once(string subject, string line)
    {
        if (_said.Add(subject))
            say(line);
    }
}
