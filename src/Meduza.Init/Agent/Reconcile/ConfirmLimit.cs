using System.Globalization;

namespace Meduza.Init.Agent.Reconcile;

/// <summary>How long a commit may wait for its confirmation.</summary>
internal static class ConfirmLimit
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static bool Allows(TimeSpan limit) => limit >= Shortest && limit <= Longest;

    /// <summary>Reads the value of <c>/commit/confirm</c>: whole seconds.</summary>
    /// <returns>Null where it is none that is allowed.</returns>
    public static TimeSpan? Parse(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && Allows(TimeSpan.FromSeconds(seconds))
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
