using System.Collections.Immutable;

namespace Meduza.Gateway.Generate;

/// <summary>What the generator of one tool gives; a field that the tool does not have is null.</summary>
public sealed record GeneratorOutput
{
    /// <summary>The main configuration; empty where the part is not enabled.</summary>
    public string? ConfigText { get; init; }

    /// <summary>The main configuration of a tool that reads YAML; empty where the part is not enabled.</summary>
    public string? ConfigYaml { get; init; }

    /// <summary>FRR's whole configuration; empty where neither OSPF nor BGP is enabled.</summary>
    public string? FrrConf { get; init; }

    /// <summary>Arguments of the program, itself not among them.</summary>
    public ImmutableArray<string>? Args { get; init; }

    /// <summary>The enabled instances, sorted by name.</summary>
    public ImmutableArray<GeneratedInstance>? Instances { get; init; }

    /// <summary>Files beside the main configuration.</summary>
    public ImmutableArray<GeneratedFile>? Files { get; init; }

    /// <summary>The networks whose packets are proxied; none in the mode <c>mixed</c>.</summary>
    public ImmutableArray<string>? TproxyTargets { get; init; }

    /// <summary><c>mixed</c> or <c>tproxy</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>True when the subscription is to be fetched again and again.</summary>
    public bool? RefreshEnable { get; init; }

    /// <summary>Minutes between two fetches of the subscription, also while that is off.</summary>
    public int? RefreshIntervalMinutes { get; init; }

    /// <summary>Path below the rule folder to the URL that its content comes from.</summary>
    public ImmutableSortedDictionary<string, string>? Rules { get; init; }

    /// <summary>Minutes between two looks for newer rule files.</summary>
    public int? RefreshMinutes { get; init; }
}

/// <summary>One process or device of a tool that has several.</summary>
/// <param name="Name">As in its keys.</param>
/// <param name="Dev">Its device.</param>
/// <param name="Config">Its main configuration.</param>
/// <param name="Files">Files that the configuration names.</param>
public sealed record GeneratedInstance(string Name, string Dev, string Config, ImmutableArray<GeneratedFile> Files);

/// <summary>A file to write.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Content">Its text.</param>
/// <param name="Mode">Permission bits, as a number: 384 is 0600.</param>
public sealed record GeneratedFile(string Path, string Content, int Mode);
