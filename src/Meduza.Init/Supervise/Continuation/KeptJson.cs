namespace Meduza.Init.Supervise.Continuation;

/// <summary>The JSON of the state, and of the word of a program that was tried on it.</summary>
[RecordJson(typeof(KeptState), typeof(TrialWord), OmitDefaults = true)]
internal static partial class KeptJson;
