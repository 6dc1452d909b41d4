using System.Globalization;

namespace Meduza.Gateway.Tests.Fuzz;

/// <summary>How many fleets are tried, and which: few by themselves, many by <c>./build.sh fuzz rendering</c>.</summary>
internal static class FuzzSize
{
    public static int Fleets { get; } = Number("MEDUZA_FUZZ_FLEETS", 400);

    public static int Seed { get; } = Number("MEDUZA_FUZZ_SEED", 1);

    private static int Number(string variable, int fallback) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
