using System.Collections.Immutable;
using Meduza.Gateway.Model.OpenVpn;

namespace Meduza.Gateway.Model.Keys;

/// <summary>A key that would set a directive which no key may set.</summary>
public sealed record RefusedKey(string Template, string Reason) : KeySpec(Template, "Refused: " + Reason + ".")
{
    public override string KindName => "";

    public override string Expected => "nothing: delete the key";

    internal override void Check(KeyReader reader, string key, ReadOnlySpan<byte> value) =>
        reader.Findings.Error(key, $"is refused: the directive {Reason}");
}

public static partial class KeyTable
{
    private static ImmutableArray<KeySpec> DirectiveKeys =>
    [
        .. DirectiveTable.Allowed.Select(shape => new Key<ImmutableArray<OpenVpnDirective>>(
            $"/nodes/<ID>/openvpn/<NAME>/{shape.KeyName}", shape.Kind, $"OpenVPN's directive {shape.Name}, see openvpn(8).")),
        .. RefusedDirectives.All.Select(refused => new RefusedKey(
            $"/nodes/<ID>/openvpn/<NAME>/{refused.Name.Replace('-', '_')}", refused.Reason)),
    ];
}
