namespace Meduza.Init;

/// <summary>
/// Asks src/Meduza.Json.Generator for the JSON of some records and of all that they hold: names in snake_case, enums by
/// name, absent where null.
/// </summary>
/// <param name="records">The outermost ones.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RecordJsonAttribute(params Type[] records) : Attribute
{
    public IReadOnlyList<Type> Records => records;

    /// <summary>True where nobody reads them.</summary>
    public bool WriteOnly { get; init; }

    /// <summary>True where zero and false are absent, too.</summary>
    public bool OmitDefaults { get; init; }
}
