namespace Meduza.Init.Control;

/// <summary>The JSON of the control socket and of what is published: one naming (snake_case), no reflection.</summary>
[RecordJson(typeof(ControlRequest), typeof(ControlReply), typeof(AgentReport), typeof(CommitReport))]
internal static partial class ControlJson;
