using System.Diagnostics.CodeAnalysis;

namespace Meduza.Gateway.Model.Values;

/// <summary>What became of reading one value.</summary>
/// <param name="Value">The value; default where it could not be read.</param>
/// <param name="Error">What is wrong, beyond "it is not what is expected"; never the value itself. Empty where there is nothing to add.</param>
/// <param name="Warning">What is odd about a value that was read.</param>
public readonly record struct Reading<T>(bool Ok, T? Value, string Error, string? Warning);

/// <summary>Makes readings.</summary>
public static class Reading
{
    public static Reading<T> Of<T>(T value, string? warning = null) => new(true, value, "", warning);

    public static Reading<T> Bad<T>(string error = "") => new(false, default, error, null);
}

/// <summary>How the text of a value may be laid out.</summary>
public enum ValueLayout
{
    /// <summary>One line without any control character.</summary>
    Line,

    /// <summary>Lines; line ends are <c>\n</c>, <c>\r\n</c> or <c>\r</c>; no other control character, tabs aside.</summary>
    Lines,

    /// <summary>As <see cref="Lines"/>, of which the first one's indentation means something.</summary>
    Document,
}

/// <summary>A kind of value: what it must look like, in words, and how to read it.</summary>
/// <param name="Name">Its name in the documentation: <c>port</c>, <c>list of CIDRs</c>.</param>
/// <param name="Expected">What is expected, for messages: <c>a port, 1 to 65535</c>.</param>
/// <param name="Layout">One line, or several.</param>
/// <param name="Read">Reads text that already has that layout and is not empty.</param>
public sealed record ValueKind<T>(string Name, string Expected, ValueLayout Layout, Func<string, Reading<T>> Read)
{
    /// <summary>True when each line is an item.</summary>
    public bool IsList { get; init; }
}

/// <summary>Makes kinds of one-line values.</summary>
public static class ValueKind
{
    /// <summary>From a parser that says only yes or no.</summary>
    public static ValueKind<T> Line<T>(string name, string expected, TryRead<T> parse) =>
        new(name, expected, ValueLayout.Line, text => parse(text, out var value) ? Reading.Of(value) : Reading.Bad<T>());

    /// <summary>Text that is kept as it is when it is right.</summary>
    public static ValueKind<string> Text(string name, string expected, Func<string, bool> isRight) =>
        new(name, expected, ValueLayout.Line, text => isRight(text) ? Reading.Of(text) : Reading.Bad<string>());
}

/// <summary>The shape of every <c>TryParse</c>.</summary>
public delegate bool TryRead<T>(string text, [MaybeNullWhen(false)] out T value);
