namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>Bytes that are equal when they are the same bytes.</summary>
public readonly struct Blob : IEquatable<Blob>
{
    private readonly byte[]? _bytes;

    public Blob(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool Equals(Blob other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is Blob other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    public static bool operator ==(Blob left, Blob right) => left.Equals(right);
    public static bool operator !=(Blob left, Blob right) => !left.Equals(right);

    public override string ToString() => Convert.ToHexStringLower(Bytes);
}
