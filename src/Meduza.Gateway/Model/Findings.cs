using System.Collections.Immutable;

namespace Meduza.Gateway.Model;

/// <summary>Collects what is wrong with keys while they are parsed. What is said twice about a key is kept once.</summary>
internal sealed class Findings
{
    private readonly HashSet<KeyFinding> _errors = [];
    private readonly HashSet<KeyFinding> _warnings = [];

    public bool HasErrors => _errors.Count > 0;

    public void Error(string key, string message) => _errors.Add(new KeyFinding(key, message));

    public void Warn(string key, string message) => _warnings.Add(new KeyFinding(key, message));

    public ImmutableArray<KeyFinding> Errors => Sorted(_errors);

    public ImmutableArray<KeyFinding> Warnings => Sorted(_warnings);

    /// <summary>Takes over what was found by the parser of a part that is in use: its errors stop the commit.</summary>
    public void Add(Findings part)
    {
        _errors.UnionWith(part._errors);
        _warnings.UnionWith(part._warnings);
    }

    /// <summary>Takes over what was found about a part that is not in use: nothing of it can stop a commit.</summary>
    public void AddAsWarnings(Findings part, string because)
    {
        foreach (var error in part._errors)
            Warn(error.Key, $"{error.Message} ({because})");
        _warnings.UnionWith(part._warnings);
    }

    private static ImmutableArray<KeyFinding> Sorted(HashSet<KeyFinding> findings) =>
        [.. findings.OrderBy(f => f.Key, StringComparer.Ordinal).ThenBy(f => f.Message, StringComparer.Ordinal)];
}
