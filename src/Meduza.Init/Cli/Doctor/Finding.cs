namespace Meduza.Init.Cli.Doctor;

/// <summary>What one look found.</summary>
/// <param name="Part">Of what: <c>kernel</c>, <c>programs</c>, <c>etcd</c>, <c>clock</c>, <c>files</c>, <c>machine</c>.</param>
/// <param name="Name">What was looked at.</param>
/// <param name="Level">One of <see cref="Levels"/>.</param>
/// <param name="Detail">What there is, in words.</param>
/// <param name="Remedy">What to do; null where nothing is to be done.</param>
internal sealed record Finding(string Part, string Name, string Level, string Detail, string? Remedy = null)
{
    public static Finding Ok(string part, string name, string detail) => new(part, name, Levels.Ok, detail);

    public static Finding Warning(string part, string name, string detail, string remedy) => new(part, name, Levels.Warning, detail, remedy);

    public static Finding Problem(string part, string name, string detail, string remedy) => new(part, name, Levels.Problem, detail, remedy);
}

/// <summary>How bad it is: the names are stable.</summary>
internal static class Levels
{
    public const string Ok = "ok";

    /// <summary>Something that some gateways need is missing.</summary>
    public const string Warning = "warning";

    /// <summary>No gateway works like this, or not as it is set.</summary>
    public const string Problem = "problem";
}

/// <summary>What <c>meduza doctor --json</c> prints.</summary>
/// <param name="Ok">False where there is a problem.</param>
internal sealed record DoctorDocument(bool Ok, IReadOnlyList<Finding> Findings);
