namespace Meduza.Gateway.Model;

/// <summary>Something that is wrong, or odd, about one key.</summary>
/// <param name="Key">The full key.</param>
/// <param name="Message">What is wrong, what was expected, and the remedy; never a secret's value.</param>
public sealed record KeyFinding(string Key, string Message)
{
    public override string ToString() => $"{Key}: {Message}";
}
