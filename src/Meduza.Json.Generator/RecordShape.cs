using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Meduza.Json.Generator;

/// <summary>One public property of a record.</summary>
/// <param name="Symbol">The property.</param>
/// <param name="Name">Its name in JSON: snake_case, or that of a <c>JsonPropertyName</c>.</param>
internal sealed record RecordProperty(IPropertySymbol Symbol, string Name)
{
    public ITypeSymbol Type => Symbol.Type;

    /// <summary>The variable that holds it while the record is read.</summary>
    public string Variable => "_" + Symbol.Name;
}

/// <summary>A record, as JSON has it.</summary>
internal sealed class RecordShape
{
    private const string NameAttribute = "JsonPropertyNameAttribute";

    private RecordShape(INamedTypeSymbol type)
    {
        Type = type;
        Properties = [.. type.GetMembers().OfType<IPropertySymbol>()
            .Where(property => !property.IsStatic && !property.IsIndexer && property.DeclaredAccessibility == Accessibility.Public)
            .Select(property => new RecordProperty(property, NameOf(property)))];
        Constructor = type.InstanceConstructors
            .Where(constructor => constructor.DeclaredAccessibility == Accessibility.Public && !IsCopy(constructor))
            .OrderByDescending(constructor => constructor.Parameters.Length)
            .First();
    }

    public INamedTypeSymbol Type { get; }

    public string Name => Type.Name;

    public string FullName => Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    public ImmutableArray<RecordProperty> Properties { get; }

    /// <summary>The one that makes it: each of its parameters is a property.</summary>
    public IMethodSymbol Constructor { get; }

    public bool IsParameter(RecordProperty property) => Constructor.Parameters.Any(parameter => parameter.Name == property.Symbol.Name);

    /// <summary>The records of which <paramref name="roots"/> consist, each once.</summary>
    public static IReadOnlyList<RecordShape> Reachable(IEnumerable<INamedTypeSymbol> roots)
    {
        var shapes = new List<RecordShape>();
        var names = new Dictionary<string, INamedTypeSymbol>();
        var waiting = new Queue<INamedTypeSymbol>(roots);
        while (waiting.Count > 0)
        {
            var type = waiting.Dequeue();
            if (names.TryGetValue(type.Name, out var known))
            {
                if (!SymbolEqualityComparer.Default.Equals(known, type))
                    throw new NotSupportedException($"two records are named {type.Name}: their methods would be, too");
                continue;
            }
            names[type.Name] = type;
            var shape = new RecordShape(type);
            shapes.Add(shape);
            foreach (var property in shape.Properties)
                if (JsonKind.RecordIn(property.Type) is { } inner)
                    waiting.Enqueue(inner);
        }
        return shapes;
    }

    private bool IsCopy(IMethodSymbol constructor) =>
        constructor.Parameters is [var only] && SymbolEqualityComparer.Default.Equals(only.Type, Type);

    private static string NameOf(IPropertySymbol property) =>
        property.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == NameAttribute)
            is { ConstructorArguments: [{ Value: string given }] } ? given : SnakeCase(property.Name);

    /// <summary><c>OpenVpn</c> is <c>open_vpn</c>, <c>DurationMs</c> <c>duration_ms</c>, <c>IPAddress</c> <c>ip_address</c>.</summary>
    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var begins = i > 0 && char.IsUpper(name[i])
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (begins)
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
