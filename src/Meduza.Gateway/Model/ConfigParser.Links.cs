using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>What links of every kind have in common: an instance each, that is enabled by a key and has a device of its own.</summary>
public static partial class ConfigParser
{
    /// <param name="Link">As others name it: <c>openvpn/office</c>.</param>
    /// <param name="DeviceKey">The key that names its device.</param>
    private sealed record LinkOfOwn(string Link, DeviceName Device, Key<DeviceName> DeviceKey, KeyReader Keys);

    /// <summary>The enabled instances below a prefix, sorted by name, each with the reader of its keys.</summary>
    /// <param name="read">Null where something is wrong that an instance cannot do without; it reports that.</param>
    private static List<(T Config, KeyReader Keys)> ReadInstances<T>(
        KeyReader own, string prefix, Key<bool> enable, Func<InstanceName, KeyReader, T?> read) where T : class
    {
        List<(T, KeyReader)> instances = [];
        foreach (var text in own.NamesBelow(prefix))
        {
            var keys = own.Below($"{prefix}{text}/");
            if (!keys.Get(enable, false))
                continue;
            if (!InstanceName.TryParse(text, out var name))
                own.Findings.Error(keys.Prefix, $"is not an instance's name; expected {InstanceName.Expected}");
            else if (read(name, keys) is { } instance)
                instances.Add((instance, keys));
        }
        return instances;
    }

    /// <summary>The device that the key names, or else one named after the instance; false where that would be too long, which is then reported.</summary>
    internal static bool TryLinkDevice(KeyReader keys, Key<DeviceName> key, string fallback, out DeviceName device)
    {
        if (keys.TryGet(key, out device))
            return true;
        if (keys.Has(key) && keys.TextLines(key).Any())
            return false;
        if (DeviceName.TryParse(fallback, out device))
            return true;
        keys.Findings.Error(keys.FullKey(key), $"is missing, and {fallback} is too long for a device; expected {DeviceName.Expected}");
        return false;
    }
}
