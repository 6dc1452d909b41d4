using System.Text.Json;
using Meduza.Linux.Process;

namespace Meduza.Vm.Guest;

/// <summary>The operator's tool, asked as an operator would.</summary>
internal static class Operator
{
    private const string Program = "/usr/bin/meduza-init";

    public static CommandResult Run(params string[] arguments) => Command.Run(Program, arguments, Waiting.Limit);

    /// <summary>What <c>meduza status --json</c> says.</summary>
    public static JsonElement Status()
    {
        var result = Run("status", "--json");
        Require.That(result.Output.StartsWith('{'), result.Error);
        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }

    /// <summary>Waits until that commit has that result.</summary>
    /// <returns>Its report.</returns>
    public static JsonElement WaitForCommit(string commit, string result)
    {
        JsonElement report = default;
        Waiting.Until(
            () => Status().TryGetProperty("commit", out report) && report.ValueKind == JsonValueKind.Object
                && report.GetProperty("commit").GetString() == commit && report.GetProperty("result").GetString() == result,
            $"commit {commit} {result}", () => Run("status").Output + Run("logs", "agent").Output);
        return report;
    }

    /// <summary>The state of a WireGuard instance; null where there is none.</summary>
    public static string? WireGuardState(string name) => Status().GetProperty("wireguard").EnumerateArray()
        .Where(w => w.GetProperty("name").GetString() == name).Select(w => w.GetProperty("state").GetString()).FirstOrDefault();

    /// <summary>The agent's process, 0 while it is not ready.</summary>
    public static int AgentPid() => Status().GetProperty("services").EnumerateArray()
        .Where(s => s.GetProperty("name").GetString() == "agent" && s.GetProperty("state").GetString() == "ready")
        .Select(s => s.GetProperty("pid").GetInt32()).FirstOrDefault();

    /// <summary>The lines of the agent that are in memory and hold a text.</summary>
    public static IReadOnlyList<string> AgentLines(string text) =>
        [.. Run("logs", "-n", "1000", "agent").Output.Split('\n').Where(line => line.Contains(text, StringComparison.Ordinal))];
}
