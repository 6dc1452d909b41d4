using Microsoft.CodeAnalysis;

namespace Meduza.Json.Generator;

/// <summary>The method that writes a record.</summary>
internal static class WriterText
{
    public static void Append(SourceWriter text, RecordShape record, bool omitDefaults)
    {
        text.Open($"public static void Write(Utf8JsonWriter writer, {record.FullName} value)");
        text.Line("writer.WriteStartObject();");
        foreach (var property in record.Properties)
        {
            var value = $"value.{property.Symbol.Name}";
            if (JsonKind.CanBeNull(property.Type))
                text.Open($"if ({value} is {{ }} {property.Variable})");
            else if (omitDefaults && !property.Symbol.IsRequired && JsonKind.ItemOf(property.Type) is null)
                text.Open($"if ({value} is var {property.Variable} && {property.Variable} != default({JsonKind.FullName(property.Type)}))");
            else
                text.Open("");
            text.Line($"writer.WritePropertyName(\"{property.Name}\"u8);");
            var given = JsonKind.CanBeNull(property.Type) ? property.Variable : value;
            AppendValue(text, JsonKind.NullableOf(property.Type) ?? property.Type, given);
            text.Close();
        }
        text.Line("writer.WriteEndObject();");
        text.Close();
    }

    private static void AppendValue(SourceWriter text, ITypeSymbol type, string value)
    {
        if (JsonKind.ItemOf(type) is { } item)
        {
            text.Line("writer.WriteStartArray();");
            text.Open($"foreach (var item in {value})");
            AppendValue(text, item, "item");
            text.Close();
            text.Line("writer.WriteEndArray();");
        }
        else if (JsonKind.IsTextMap(type))
        {
            text.Line("writer.WriteStartObject();");
            text.Line($"foreach (var pair in {value}) writer.WriteString(pair.Key, pair.Value);");
            text.Line("writer.WriteEndObject();");
        }
        else if (JsonKind.RecordIn(type) is not null)
            text.Line($"Write(writer, {value});");
        else if (type.TypeKind == TypeKind.Enum)
            text.Line($"writer.WriteStringValue({NameOf(type, value)});");
        else if (type.SpecialType == SpecialType.System_String)
            text.Line($"writer.WriteStringValue({value});");
        else if (type.SpecialType == SpecialType.System_Boolean)
            text.Line($"writer.WriteBooleanValue({value});");
        else if (JsonKind.IsNumber(type))
            text.Line($"writer.WriteNumberValue({value});");
        else if (JsonKind.IsBytes(type))
            text.Line($"writer.WriteBase64StringValue({value});");
        else if (JsonKind.IsTimeSpan(type))
            text.Line($"writer.WriteStringValue(Json.Text({value}));");
        else
            throw JsonKind.Unknown(type);
    }

    private static string NameOf(ITypeSymbol type, string value)
    {
        var arms = type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue)
            .Select(field => $"{JsonKind.FullName(type)}.{field.Name} => \"{field.Name}\"u8");
        return $"{value} switch {{ {string.Join(", ", arms)}, _ => throw Json.Unnamed(\"{type.Name}\") }}";
    }
}
