using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Tests.Netlink;

/// <summary>
/// A network namespace of the test's own, held by one thread. What runs in it runs on that thread, programs included;
/// a netlink socket stays in it wherever it is used. It is gone with the thread and the last socket.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public NetworkNamespace()
    {
        _thread = new Thread(Work) { IsBackground = true };
        _thread.Start();
        Run(() => unshare(CLONE_NEWNET) == 0 ? 0 : throw LinuxException.Last("unshare", "CLONE_NEWNET"));
    }

    /// <summary>For <c>ip link … netns NUMBER</c>: puts the other end of a pair here.</summary>
    public string ThreadId => Run(() => Path.GetFileName(File.ResolveLinkTarget("/proc/thread-self", false)!.FullName));

    public T Run<T>(Func<T> action)
    {
        var done = new TaskCompletionSource<T>();
        _work.Add(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        try
        {
            return done.Task.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            ExceptionDispatchInfo.Throw(e);
            throw;
        }
    }

    /// <summary>Runs <c>ip</c> with arguments separated by spaces, and gives what it prints.</summary>
    public string Ip(string arguments)
    {
        var result = Run(() => Command.Run("ip", arguments.Split(' '), TimeSpan.FromSeconds(30)));
        Assert.True(result.ExitCode == 0, $"ip {arguments}: {result.Error}");
        return result.Output;
    }

    /// <summary>Feeds <c>ip -batch</c>.</summary>
    public void IpBatch(string lines)
    {
        var result = Run(() => Command.Run("ip", ["-batch", "-"], TimeSpan.FromSeconds(60), lines));
        Assert.True(result.ExitCode == 0, result.Error);
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Work()
    {
        foreach (var action in _work.GetConsumingEnumerable())
            action();
    }
}
