using System.Globalization;

namespace Meduza.Vm.Harness;

/// <summary>What a machine said before it ended.</summary>
/// <param name="report">Its second serial port: lines of the guest program.</param>
/// <param name="console">Its first.</param>
public sealed class MachineRun(string report, string console)
{
    private readonly string[] _lines = report.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public string Console => console;

    public string Report => report;

    /// <summary>The names of the scenarios that held.</summary>
    public IEnumerable<string> Ok => Lines("ok ");

    /// <summary>Those that did not, with why.</summary>
    public IEnumerable<string> Failed => Lines("failed ");

    /// <summary>What was measured.</summary>
    public IReadOnlyDictionary<string, double> Figures => Lines("figure ")
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));

    /// <summary>True when the guest came to its end.</summary>
    public bool Ended => _lines.Contains("end");

    /// <summary>The scenario was run, and what it requires held.</summary>
    public void RequireOk(string scenario) => Assert.True(
        Ok.Contains(scenario), Failed.FirstOrDefault(f => f.StartsWith(scenario, StringComparison.Ordinal)) ?? $"{scenario} was not run\n{this}");

    /// <summary>It came to its end, all that it ran held, and that was as much.</summary>
    public void RequireAllOk(int scenarios)
    {
        Assert.True(Ended, ToString());
        Assert.Empty(Failed);
        Assert.Equal(scenarios, Ok.Count());
    }

    /// <summary>For the message of a failure.</summary>
    public override string ToString() => $"{string.Join('\n', _lines)}\nconsole:\n{console}";

    private IEnumerable<string> Lines(string kind) => _lines.Where(l => l.StartsWith(kind, StringComparison.Ordinal)).Select(l => l[kind.Length..]);
}
