using System.Text.Json.Serialization;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>The JSON of the state, and of the word of a program that was tried on it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(KeptState))]
[JsonSerializable(typeof(TrialWord))]
internal sealed partial class KeptJson : JsonSerializerContext;
