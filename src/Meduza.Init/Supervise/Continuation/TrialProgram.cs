using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>What a program says of a state that it may have to go on with.</summary>
/// <param name="Version">Of the program.</param>
/// <param name="Problem">Why it could not; null when it could.</param>
internal sealed record TrialWord(string Version, string? Problem)
{
    public string Version { get; init => field = value ?? ""; } = Version;
}

/// <summary>
/// <c>meduza-init trial</c>: this program as a child of a PID 1 that thinks of becoming it. It says who it is and whether it
/// understands the state, and that it could be executed and came so far is the rest of the answer.
/// </summary>
internal static class TrialProgram
{
    public const string Verb = "trial";

    /// <summary>Where it finds the state.</summary>
    public const int StateDescriptor = 3;

    /// <returns>The exit status: 0, or 1 when even that could not be said.</returns>
    public static int Run()
    {
        using var state = new Descriptor(StateDescriptor);
        using var output = new Descriptor(1);
        string? problem = null;
        try
        {
            StateFile.Read(state);
        }
        catch (InvalidDataException e)
        {
            problem = e.Message;
        }
        try
        {
            var word = new TrialWord(BuildInfo.Version, problem);
            DescriptorIO.Write(output, JsonText.Utf8(word, KeptJson.Write), "standard output");
            return 0;
        }
        catch (LinuxException)
        {
            return 1; // nobody listens any more
        }
    }
}
