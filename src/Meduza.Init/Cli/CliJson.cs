using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Meduza.Gateway.Generate;
using Meduza.Init.Cli.Doctor;
using Meduza.Init.Cli.Offline;
using Meduza.Init.Cli.Plans;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary>The JSON that the command line prints, by the naming of the control socket.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(ServiceRow))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(LogLine))]
[JsonSerializable(typeof(KeysImportDocument))]
[JsonSerializable(typeof(SchemaDocument))]
[JsonSerializable(typeof(StateDocument))]
[JsonSerializable(typeof(LintDocument))]
[JsonSerializable(typeof(GeneratorOutput))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(PlanDocument))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>Indented, for a document that is printed alone.</summary>
    public static CliJson Document => field ??= new(With(indented: true));

    /// <summary>One line each, for a stream.</summary>
    public static CliJson Line => field ??= new(With(indented: false));

    // Not for a web page: quotes and letters of any script stay readable. Control characters are escaped all the same.
    private static JsonSerializerOptions With(bool indented) => new(Default.GeneratedSerializerOptions!)
    {
        WriteIndented = indented,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
