using System.CommandLine;

namespace Meduza.Init.Cli;

/// <summary>A word that stands before other verbs: <c>meduza keys export</c>.</summary>
internal sealed class VerbGroup : Command
{
    public VerbGroup(string name, string description, params Verb[] verbs) : base(name, description)
    {
        foreach (var verb in verbs)
            Add(verb);
    }
}
