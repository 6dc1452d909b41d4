using System.Text.Json;
using Meduza.Linux;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>
/// The file in memory that holds the state for the next image. Each state is a new file, which takes the descriptor of
/// the one before when it is whole: whoever reads, at whatever instant this image ended, reads one state and not two halves.
/// </summary>
/// <param name="descriptor">The number that it keeps for the whole life of this process.</param>
internal sealed class StateFile(Descriptor descriptor) : IDisposable
{
    private const string Name = "meduza-state";

    public Descriptor Descriptor { get; } = descriptor;

    /// <exception cref="LinuxException">No memory or no descriptor is left.</exception>
    public static StateFile Create() => new(AnonymousFile.Create(Name, "{}"u8));

    /// <exception cref="LinuxException">No memory or no descriptor is left; the state that was there is there still.</exception>
    public void Write(KeptState state)
    {
        using var next = AnonymousFile.Create(Name, JsonText.Utf8(state, KeptJson.Write));
        if (dup3(next.Number, Descriptor.Number, O_CLOEXEC) < 0)
            throw LinuxException.Last("dup3", Name);
    }

    /// <summary>Reads a state.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a version that this program does not know.</exception>
    public static KeptState Read(Descriptor file)
    {
        KeptState state;
        try
        {
            state = JsonText.Parse(DescriptorIO.ReadFromStart(file, Name), KeptJson.ReadKeptState);
        }
        catch (Exception e) when (e is JsonException or LinuxException)
        {
            throw new InvalidDataException($"the state is damaged: {e.Message.ReplaceLineEndings(" ")}", e);
        }
        return state is { Version: KeptState.CurrentVersion }
            ? state
            : throw new InvalidDataException(
                $"the state is of version {state.Version}, and this program knows version {KeptState.CurrentVersion}");
    }

    public void Dispose() => Descriptor.Dispose();
}
