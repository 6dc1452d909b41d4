using Meduza.Gateway.Model.Keys;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    private const string NotDriven = "is not driven by this version: nothing is done for it";

    /// <summary>Says plainly what was asked for and will not happen.</summary>
    private static void ReportUndriven(KeyReader own)
    {
        foreach (var (enable, component) in KeyTable.UndrivenSwitches)
        {
            if (own.Get(enable, false))
                own.Findings.Warn(own.FullKey(enable), $"{component} {NotDriven}");
        }
    }

    /// <summary>A node that was made a member of the overlay that the fleet does not use, and of that alone.</summary>
    private static void ReportOtherMesh(KeyReader own, MeshType mesh)
    {
        var (used, other, name) = mesh == MeshType.Tinc
            ? (KeyTable.TincEnable, KeyTable.EasyTierEnable, "tinc")
            : (KeyTable.EasyTierEnable, KeyTable.TincEnable, "easytier");
        if (own.Get(other, false) && !own.Get(used, false))
            own.Findings.Warn(own.FullKey(other), $"nothing is done for it: /global/mesh_type is {name}; the node is in no overlay until {own.FullKey(used)} is true");
    }

    /// <summary>What no part in use has asked for: unknown keys, and bad values that would matter once their part is enabled.</summary>
    private static void ReportUnused(KeyReader own, KeyReader global)
    {
        foreach (var reader in (KeyReader[])[global, own])
        {
            foreach (var (key, value) in reader.Keys)
            {
                if (reader.Used.Contains(key))
                    continue;
                if (KeyIndex.Default.Find(key) is not { } spec)
                {
                    var nearest = KeyIndex.Default.Nearest(key);
                    reader.Findings.Warn(key, $"is not a key that is known{(nearest is null ? "" : $"; did you mean {nearest}?")}");
                    continue;
                }
                var unused = new Findings();
                spec.Check(reader.ReportingTo(unused), key, value.Span);
                reader.Findings.AddAsWarnings(unused, "it is not in use, so nothing is stopped");
            }
        }
    }
}
