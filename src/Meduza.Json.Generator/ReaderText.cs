using Microsoft.CodeAnalysis;

namespace Meduza.Json.Generator;

/// <summary>
/// The method that reads a record. A property that is absent has null or zero, which its accessor may turn into a default;
/// one that is <c>required</c> must be there. What is unknown is passed over.
/// </summary>
internal static class ReaderText
{
    public static void Append(SourceWriter text, RecordShape record)
    {
        text.Line("/// <exception cref=\"JsonException\">It is something else.</exception>");
        text.Open($"public static {record.FullName} Read{record.Name}(ref Utf8JsonReader reader)");
        text.Line("Json.StartObject(ref reader);");
        var settable = record.Properties.Where(property => record.IsParameter(property) || property.Symbol.SetMethod is not null).ToList();
        foreach (var property in settable)
        {
            text.Line($"{JsonKind.FullName(property.Type)} {property.Variable} = default!;");
            if (property.Symbol.IsRequired)
                text.Line($"var has{property.Variable} = false;");
        }
        text.Open("while (Json.NextProperty(ref reader))");
        foreach (var property in settable)
        {
            text.Open($"if (reader.ValueTextEquals(\"{property.Name}\"u8))");
            text.Line("reader.Read();");
            AppendRead(text, property);
            if (property.Symbol.IsRequired)
                text.Line($"has{property.Variable} = true;");
            text.Line("continue;");
            text.Close();
        }
        text.Line("reader.Skip();");
        text.Close();
        foreach (var property in settable.Where(property => property.Symbol.IsRequired))
            text.Line($"if (!has{property.Variable}) throw Json.Missing(\"{property.Name}\");");

        var arguments = record.Constructor.Parameters.Select(parameter => "_" + parameter.Name);
        var initializers = settable.Where(property => !record.IsParameter(property)).Select(property => $"{property.Symbol.Name} = {property.Variable}");
        text.Line($"return new({string.Join(", ", arguments)}) {{ {string.Join(", ", initializers)} }};");
        text.Close();
    }

    private static void AppendRead(SourceWriter text, RecordProperty property)
    {
        var type = property.Type;
        var inner = JsonKind.NullableOf(type) ?? type;
        if (JsonKind.CanBeNull(type))
            text.Open($"if (reader.TokenType == JsonTokenType.Null) {property.Variable} = default!; else");
        if (JsonKind.ItemOf(inner) is { } item)
        {
            // A local that two properties share would clash: each has a name of its own.
            var items = "items" + property.Variable;
            text.Line($"Json.StartArray(ref reader, \"{property.Name}\"u8);");
            text.Line($"var {items} = global::System.Collections.Immutable.ImmutableArray.CreateBuilder<{JsonKind.FullName(item)}>();");
            text.Line($"while (Json.NextItem(ref reader)) {items}.Add({Read(item, property.Name)});");
            text.Line($"{property.Variable} = {items}.ToImmutable();");
        }
        else
            text.Line($"{property.Variable} = {Read(inner, property.Name)};");
        if (JsonKind.CanBeNull(type))
            text.Close();
    }

    private static string Read(ITypeSymbol type, string name) => type switch
    {
        _ when JsonKind.RecordIn(type) is { } record => $"Read{record.Name}(ref reader)",
        _ when type.TypeKind == TypeKind.Enum => ReadEnum(type, name),
        { SpecialType: SpecialType.System_String } => $"Json.String(ref reader, \"{name}\"u8)",
        { SpecialType: SpecialType.System_Boolean } => $"Json.Boolean(ref reader, \"{name}\"u8)",
        _ when JsonKind.IsNumber(type) => $"Json.{type.Name}(ref reader, \"{name}\"u8)",
        _ when JsonKind.IsBytes(type) => $"Json.Bytes(ref reader, \"{name}\"u8)",
        _ when JsonKind.IsTimeSpan(type) => $"Json.TimeSpan(ref reader, \"{name}\"u8)",
        _ => throw JsonKind.Unknown(type),
    };

    private static string ReadEnum(ITypeSymbol type, string name)
    {
        var arms = type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue)
            .Select(field => $"\"{field.Name}\" => {JsonKind.FullName(type)}.{field.Name}");
        return $"Json.String(ref reader, \"{name}\"u8) switch {{ {string.Join(", ", arms)}, _ => throw Json.Wrong(\"{name}\"u8) }}";
    }
}
