using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>
/// Descriptors kept for the moment in which none is left (EMFILE, ENFILE): what must be done even then is done with
/// these. They are taken early, so that their numbers are low and a limit that somebody lowers later does not exclude them.
/// </summary>
public sealed class SpareDescriptors : IDisposable
{
    private readonly List<Descriptor> _spare = [];
    private readonly int _count;

    /// <param name="count">How many what is done with them may need at a time.</param>
    /// <exception cref="LinuxException">There are not so many even now.</exception>
    public SpareDescriptors(int count)
    {
        _count = count;
        Take();
    }

    /// <summary>Gives them free for as long as <paramref name="action"/> runs.</summary>
    public void Lend(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Dispose();
        try
        {
            action();
        }
        finally
        {
            try
            {
                Take();
            }
            catch (LinuxException)
            {
                // Fewer are kept until the next time: whoever holds the others now is as short of them as this is.
            }
        }
    }

    public void Dispose()
    {
        _spare.ForEach(d => d.Dispose());
        _spare.Clear();
    }

    private void Take()
    {
        while (_spare.Count < _count)
            _spare.Add(Descriptor.Open("/", O_PATH));
    }
}
