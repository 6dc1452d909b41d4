using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Mosdns;

namespace Meduza.Init.Agent.Downloads;

/// <summary>Something that is to be there.</summary>
/// <param name="Name">Of it among those of its kind.</param>
/// <param name="Url">From where, as its key has it.</param>
/// <param name="Reading">As what MosDNS reads it.</param>
internal sealed record WantedDownload(string Name, string Url, RuleReading Reading = RuleReading.None);

/// <summary>What is downloaded.</summary>
/// <param name="Name">As in <see cref="DownloadState"/>.</param>
/// <param name="Words">One of them, in words.</param>
/// <param name="Key">That names them, for findings; with <see cref="NameInKey"/> where each has its own.</param>
internal sealed record DownloadKind(string Name, string Words, string Key)
{
    /// <summary>Stands in a key for the name of what it is of.</summary>
    public const string NameInKey = "NAME";

    /// <summary>Several of them, in words.</summary>
    public string Several { get; init; } = Words + "s";

    /// <summary>What is wrong with one.</summary>
    public KeyFinding Finding(string name, string problem) => Key.Contains(NameInKey, StringComparison.Ordinal)
        ? new(Key.Replace(NameInKey, name, StringComparison.Ordinal), problem)
        : new(Key, $"{name}: {problem}");
}
