using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Keys;

namespace Meduza.Gateway.Tests.Model;

/// <summary>The keys of the table that have values, and what is found wrong with a value of one of them.</summary>
internal static class KeyCheck
{
    public static IEnumerable<KeySpec> Readable => KeyTable.All.Where(spec => spec is not (WrittenKey or RefusedKey or UndrivenKey));

    public static Findings Of(KeySpec spec, ReadOnlySpan<byte> value)
    {
        var findings = new Findings();
        spec.Check(new KeyReader(KeySpace.Empty, "", findings, []), spec.Template, value);
        return findings;
    }
}
