namespace Meduza.Gateway.Plan;

/// <summary>
/// The shape of a command: its context and its keywords, without numbers, addresses and names. What a program thinks of a
/// text is known where it has taken each of its shapes before: the values come from types that hold what FRR takes.
/// </summary>
internal static class FrrShape
{
    /// <summary>True when every command of <paramref name="text"/> has the shape of one in <paramref name="taken"/>.</summary>
    public static bool AreAllIn(string text, string taken)
    {
        var known = Shapes(taken).ToHashSet(StringComparer.Ordinal);
        return Shapes(text).All(known.Contains);
    }

    private static IEnumerable<string> Shapes(string text) => FrrTree.Parse(text).Flatten().Select(Of);

    private static string Of(string command) =>
        string.Join(' ', command.Split(' ').Select(word => IsKeyword(word) ? word : "*"));

    // A name may look like one: then its shape is a new one, and the program is asked once more than need be.
    private static bool IsKeyword(string word) => word.All(c => c is (>= 'a' and <= 'z') or '-' or '>');
}
