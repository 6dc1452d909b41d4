namespace Meduza.Lab.Harness;

/// <summary>Keys as wg(8) makes them.</summary>
public static class WireGuardKeys
{
    public static (string Private, string Public) New()
    {
        var secret = Must.Run(["wg", "genkey"]).Trim();
        return (secret, Must.Run(["wg", "pubkey"], secret).Trim());
    }
}
