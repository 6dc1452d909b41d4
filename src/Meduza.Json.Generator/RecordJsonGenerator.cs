using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Meduza.Json.Generator;

/// <summary>
/// Writes, for a class that bears <c>[RecordJson(typeof(A), …)]</c>, what turns these records and all that they hold into
/// JSON and back: static methods <c>Write(writer, value)</c> and <c>ReadA(ref reader)</c> over the framework's own writer
/// and reader.
/// </summary>
/// <remarks>
/// The framework's source generator describes each type to a serializer that is generic over it, which costs 17 kB of
/// binary a type (docs/design/size.md). A method costs what it does.
/// </remarks>
[Generator]
public sealed class RecordJsonGenerator : IIncrementalGenerator
{
    private const string Marker = "Meduza.Init.RecordJsonAttribute";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var sources = context.SyntaxProvider.ForAttributeWithMetadataName(
            Marker, static (node, _) => node is ClassDeclarationSyntax, static (found, cancellation) => Generate(found, cancellation));
        context.RegisterSourceOutput(sources, static (output, source) =>
        {
            if (source.Problem is { } problem)
                output.ReportDiagnostic(Diagnostic.Create(Problem, Location.None, problem));
            else
                output.AddSource(source.Name + ".g.cs", SourceText.From(source.Text, Encoding.UTF8));
        });
    }

    private static readonly DiagnosticDescriptor Problem = new(
        "MEDUZA001", "A record that has no JSON", "{0}", "Meduza", DiagnosticSeverity.Error, isEnabledByDefault: true);

    private static (string Name, string Text, string? Problem) Generate(GeneratorAttributeSyntaxContext found, CancellationToken cancellation)
    {
        var context = (INamedTypeSymbol)found.TargetSymbol;
        var attribute = found.Attributes[0];
        var roots = attribute.ConstructorArguments[0].Values.Select(value => (INamedTypeSymbol)value.Value!).ToImmutableArray();
        bool Option(string name) => attribute.NamedArguments.Any(argument => argument.Key == name && argument.Value.Value is true);
        try
        {
            var text = new SourceWriter();
            text.Open($"namespace {context.ContainingNamespace.ToDisplayString()}");
            text.Open($"partial class {context.Name}");
            foreach (var type in RecordShape.Reachable(roots))
            {
                cancellation.ThrowIfCancellationRequested();
                WriterText.Append(text, type, omitDefaults: Option("OmitDefaults"));
                if (!Option("WriteOnly"))
                    ReaderText.Append(text, type);
            }
            text.Close();
            text.Close();
            return (context.Name, text.ToString(), null);
        }
        catch (NotSupportedException e)
        {
            return (context.Name, "", e.Message);
        }
    }
}
