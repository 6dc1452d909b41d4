namespace Meduza.Bench.Size;

/// <summary>Where the bytes of the binary are, by the account that the native compiler gives (<c>IlcGenerateMstatFile</c>).</summary>
internal static class BinarySize
{
    private const int Shown = 40;

    /// <summary>Bytes of the unwind information that each method has beside what the account says.</summary>
    private const int Unwind = 52;

    /// <param name="path">The .mstat file.</param>
    public static void Measure(string path)
    {
        var entries = Mstat.Read(path).ToList();
        Print("assembly", entries.GroupBy(entry => entry.Assembly));
        Print("namespace", entries.GroupBy(entry => entry.Namespace));
        Print("generic", entries.Where(entry => entry.Generic is not null).GroupBy(entry => entry.Generic!));
        Print("struct", entries.SelectMany(entry => Arguments(entry.Name).Distinct().Select(argument => (argument, entry))).GroupBy(pair => pair.argument, pair => pair.entry));
        Print("blob", entries.Where(entry => entry.Kind == "Blobs").GroupBy(entry => entry.Name));
    }

    private static void Print(string by, IEnumerable<IGrouping<string, MstatEntry>> groups)
    {
        foreach (var group in groups.Select(group => (group.Key, Size: group.Sum(Size), Count: group.Count())).OrderByDescending(group => group.Size).Take(Shown))
            Figure.Print($"size_by_{by}: {group.Key} ({group.Count})", "kB", group.Size / 1000.0);
    }

    /// <summary>The structs of several values that a generic type or method is made for: each is a copy of its code.</summary>
    private static IEnumerable<string> Arguments(string name)
    {
        foreach (var mark in (string[])["System.ValueTuple`", "System.Collections.Generic.KeyValuePair`"])
        {
            for (var at = name.IndexOf(mark, StringComparison.Ordinal); at >= 0; at = name.IndexOf(mark, at + 1, StringComparison.Ordinal))
                yield return Whole(name.AsSpan(at));
        }
    }

    /// <summary>A name up to the bracket that closes its first one.</summary>
    private static string Whole(ReadOnlySpan<char> name)
    {
        var depth = 0;
        for (var i = 0; i < name.Length; i++)
        {
            depth += name[i] switch { '<' => 1, '>' => -1, _ => 0 };
            if (name[i] == '>' && depth == 0)
                return name[..(i + 1)].ToString();
        }
        return name.ToString();
    }

    private static double Size(MstatEntry entry) => entry.Size + (entry.Kind == "Methods" ? Unwind : 0);
}
