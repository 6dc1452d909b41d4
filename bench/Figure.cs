using System.Globalization;
using System.Text.Json.Nodes;

namespace Meduza.Bench;

/// <summary>One line of output: a name, a unit, and what was measured.</summary>
internal static class Figure
{
    /// <summary>A single value.</summary>
    public static void Print(string name, string unit, double value) =>
        Console.WriteLine(new JsonObject { ["name"] = name, ["unit"] = unit, ["value"] = Rounded(value) }.ToJsonString());

    /// <summary>A figure that cannot be had here, and why.</summary>
    public static void PrintMissing(string name, string why) =>
        Console.WriteLine(new JsonObject { ["name"] = name, ["missing"] = why }.ToJsonString());

    /// <summary>Many samples of the same thing.</summary>
    public static void Print(string name, string unit, IReadOnlyList<double> samples)
    {
        var sorted = samples.Order().ToList();
        Console.WriteLine(new JsonObject
        {
            ["name"] = name,
            ["unit"] = unit,
            ["median"] = Rounded(sorted[sorted.Count / 2]),
            ["p90"] = Rounded(sorted[sorted.Count * 9 / 10]),
            ["p99"] = Rounded(sorted[sorted.Count * 99 / 100]),
            ["min"] = Rounded(sorted[0]),
            ["max"] = Rounded(sorted[^1]),
            ["samples"] = sorted.Count,
        }.ToJsonString());
    }

    private static double Rounded(double value) => double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
