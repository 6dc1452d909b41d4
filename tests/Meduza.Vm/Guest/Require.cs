using System.Runtime.CompilerServices;

namespace Meduza.Vm.Guest;

/// <summary>What must hold for a scenario to be ok.</summary>
internal static class Require
{
    public static void That(bool condition, string otherwise = "", [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        if (!condition)
            throw new InvalidOperationException($"not so: {expression} {otherwise}");
    }

    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string expression = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new InvalidOperationException($"{expression}: {actual} instead of {expected}");
    }
}
