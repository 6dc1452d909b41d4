namespace Meduza.Gateway.Model.Values;

/// <summary>
/// Text that must reach a file and nothing else: it shows itself as <c>(secret)</c> wherever an object is printed, so that
/// no message or log can give it away by accident.
/// </summary>
public sealed record Secret
{
    private readonly string _text;

    public Secret(string text) => _text = text;

    /// <summary>The text itself, for the one file that it belongs in.</summary>
    public string Reveal() => _text;

    public override string ToString() => "(secret)";
}
