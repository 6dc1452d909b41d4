using Meduza.Linux;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>What the image before this one left.</summary>
internal sealed class Predecessor : IDisposable
{
    private Predecessor(ContinuationMark mark, InheritedDescriptors descriptors, Descriptor state, Descriptor binary)
    {
        (Mark, Descriptors, State, Binary) = (mark, descriptors, state, binary);
        Previous = descriptors.Take(mark.Previous);
        try
        {
            Known = StateFile.Read(state);
        }
        catch (InvalidDataException e)
        {
            Problem = e.Message;
        }
    }

    public ContinuationMark Mark { get; }

    /// <summary>All that it had open.</summary>
    public InheritedDescriptors Descriptors { get; }

    /// <summary>The file of its state.</summary>
    public Descriptor State { get; }

    /// <summary>The program of this image.</summary>
    public Descriptor Binary { get; }

    /// <summary>The program of the image before, as long as this one has to prove itself.</summary>
    public Descriptor? Previous { get; }

    /// <summary>Its state; null where that cannot be understood.</summary>
    public KeptState? Known { get; }

    /// <summary>Why not.</summary>
    public string? Problem { get; }

    /// <returns>Null in the first image of a process, also where its environment says something else.</returns>
    /// <exception cref="LinuxException">The kernel is too old.</exception>
    public static Predecessor? Find()
    {
        if (Linux.Process.Continuation.Find() is not { } mark)
            return null;
        var descriptors = new InheritedDescriptors();
        if (descriptors.Take(mark.State) is { } state && descriptors.Take(mark.Binary) is { } binary)
            return new(mark, descriptors, state, binary);
        return null;
    }

    /// <summary>Closes what nobody took.</summary>
    public void Dispose() => Descriptors.Dispose();
}
