using Microsoft.CodeAnalysis;

namespace Meduza.Json.Generator;

/// <summary>What a type is in JSON.</summary>
internal static class JsonKind
{
    /// <summary>The framework's type within <c>T?</c>; null where it is no nullable value.</summary>
    public static ITypeSymbol? NullableOf(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : null;

    /// <summary>The items of an array that is one in JSON, too; null for all else.</summary>
    public static ITypeSymbol? ItemOf(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "ImmutableArray" or "IReadOnlyList", TypeArguments: [var item] } ? item : null;

    public static bool IsImmutableArray(ITypeSymbol type) => type is INamedTypeSymbol { Name: "ImmutableArray" };

    public static bool IsBytes(ITypeSymbol type) => type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte };

    public static bool IsTimeSpan(ITypeSymbol type) => type is { Name: "TimeSpan", ContainingNamespace.Name: "System" };

    public static bool IsTextMap(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "ImmutableSortedDictionary", TypeArguments: [{ SpecialType: SpecialType.System_String }, { SpecialType: SpecialType.System_String }] };

    public static bool IsNumber(ITypeSymbol type) => type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64
        or SpecialType.System_UInt16 or SpecialType.System_UInt32 or SpecialType.System_UInt64 or SpecialType.System_Double;

    /// <summary>True where null may be written, so that it may be left out.</summary>
    public static bool CanBeNull(ITypeSymbol type) => !type.IsValueType || NullableOf(type) is not null;

    /// <summary>The record that a property of this type holds, alone, as nullable or as items; null for none.</summary>
    public static INamedTypeSymbol? RecordIn(ITypeSymbol type) =>
        NullableOf(type) is { } value ? RecordIn(value)
        : ItemOf(type) is { } item ? RecordIn(item)
        : type is INamedTypeSymbol { IsRecord: true } record ? record
        : null;

    public static string FullName(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    public static NotSupportedException Unknown(ITypeSymbol type) => new($"no JSON is known for {type.ToDisplayString()}");
}
