using Meduza.Lab.Harness;

namespace Meduza.Lab.Names;

/// <summary>Changes a host's record in etcd so many times, several a second, beside whatever else happens.</summary>
internal sealed class HostChanges : IDisposable
{
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(100);

    private readonly Thread _writing;
    private volatile int _written;
    private volatile bool _ends;
    private Exception? _fault;

    public HostChanges(Etcd etcd, string key, int count)
    {
        _writing = new Thread(() => Write(etcd, key, count)) { IsBackground = true };
        _writing.Start();
    }

    public int Written => _written;

    /// <summary>Waits for the last of them.</summary>
    public void End()
    {
        _writing.Join();
        if (_fault is not null)
            throw new LabException($"hosts were changed {_written} times, then: {_fault.Message}", _fault);
    }

    public void Dispose()
    {
        _ends = true;
        _writing.Join();
    }

    private void Write(Etcd etcd, string key, int count)
    {
        try
        {
            for (var change = 1; change <= count && !_ends; change++)
            {
                etcd.Put(key, $"10.1.0.{change % 200 + 20}");
                _written = change;
                Thread.Sleep(Gap);
            }
        }
        catch (Exception e)
        {
            _fault = e;
        }
    }
}
