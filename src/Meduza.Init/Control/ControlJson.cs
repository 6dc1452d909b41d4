using System.Text.Json.Serialization;

namespace Meduza.Init.Control;

/// <summary>The JSON of the control socket and of what is published: one naming (snake_case), no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
[JsonSerializable(typeof(AgentReport))]
[JsonSerializable(typeof(CommitReport))]
internal sealed partial class ControlJson : JsonSerializerContext;
