using System.Runtime.ExceptionServices;
using static Tmds.Linux.LibC;

namespace Meduza.Linux;

/// <summary>A thread for something that must be done inside another network namespace (network_namespaces(7)).</summary>
public static class NamespaceThread
{
    private const int StackLength = 256 << 10;

    /// <summary>Makes a network namespace (unshare(2)), with nothing in it but a loopback that is down.</summary>
    /// <returns>What keeps it alive, beside the sockets and processes in it.</returns>
    /// <exception cref="LinuxException">No right to make one.</exception>
    public static Descriptor Create() => RunAlone(() => unshare(CLONE_NEWNET) < 0
        ? throw LinuxException.Last("unshare", "CLONE_NEWNET")
        : Descriptor.Open("/proc/thread-self/ns/net", O_RDONLY));

    /// <summary>
    /// Runs <paramref name="action"/> on a thread of its own that has entered the namespace (setns(2)) and ends afterwards,
    /// so that no other thread is ever in the wrong one. A socket that it opens, and a program that it starts, stays in
    /// that namespace.
    /// </summary>
    /// <param name="networkNamespace"><c>/run/netns/NAME</c> or <c>/proc/PID/ns/net</c>, open.</param>
    /// <exception cref="LinuxException">Not a network namespace, or no right to enter it.</exception>
    public static T Run<T>(Descriptor networkNamespace, Func<T> action)
    {
        ArgumentNullException.ThrowIfNull(networkNamespace);
        ArgumentNullException.ThrowIfNull(action);
        return RunAlone(() => setns(networkNamespace.Number, CLONE_NEWNET) < 0
            ? throw LinuxException.Last("setns", "CLONE_NEWNET")
            : action());
    }

    private static T RunAlone<T>(Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = action();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            StackLength);
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
