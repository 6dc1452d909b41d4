using System.Runtime.InteropServices;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Process;

public sealed partial class SpawnTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_child_has_no_blocked_and_no_ignored_signal()
    {
        var before = Signals.Blocked();
        string status;
        try
        {
            Signals.SetBlocked(Signals.Blockable);
            status = Command.Run("/bin/cat", ["/proc/self/status"], Limit).Output;
        }
        finally
        {
            Signals.SetBlocked(before);
        }

        Assert.Contains("SigBlk:\t0000000000000000", status, StringComparison.Ordinal);
        Assert.Contains("SigIgn:\t0000000000000000", status, StringComparison.Ordinal);
    }

    [Fact]
    public void A_child_has_only_its_three_descriptors()
    {
        using var leak = Descriptor.Open("/dev/null", 0);
        var inherited = dup(leak.Number);
        try
        {
            // The fourth is the folder that ls itself reads.
            Assert.Equal("0\n1\n2\n3\n", Command.Run("/bin/ls", ["/proc/self/fd"], Limit).Output);
        }
        finally
        {
            _ = Tmds.Linux.LibC.close(inherited);
        }
    }

    [Fact]
    public void A_child_leads_its_own_session_without_a_terminal()
    {
        var fields = Command.Run("/bin/cat", ["/proc/self/stat"], Limit).Output.Split(' ');

        Assert.Equal(fields[0], fields[4]);
        Assert.Equal(fields[0], fields[5]);
        Assert.Equal("0", fields[6]);
    }

    [Fact]
    public void Descriptors_given_in_any_order_arrive_at_their_numbers()
    {
        // Sources whose numbers are one another's targets: a dup2 too early would overwrite the next source.
        var (firstRead, firstWrite) = Descriptor.Pipe();
        var (secondRead, secondWrite) = Descriptor.Pipe();
        using (firstRead)
        using (secondRead)
        using (secondWrite)
        using (firstWrite)
        {
            var pid = Spawn.Run(new("/bin/sh", ["sh", "-c", "echo three >&3; echo four >&4"]) { Passed = [secondWrite, firstWrite] });
            Reap(pid);

            Assert.Equal("three\n", ReadSome(secondRead));
            Assert.Equal("four\n", ReadSome(firstRead));
        }
    }

    [Fact]
    public void Exit_statuses_of_many_short_lived_children_are_all_right()
    {
        var expected = Enumerable.Range(0, 200).ToDictionary(i => Spawn.Run(new("/bin/sh", ["sh", "-c", $"exit {i}"])));

        foreach (var (pid, code) in expected)
            Assert.Equal(new Exit(pid, code, 0), Reap(pid));
    }

    [Fact]
    public void A_pidfd_knows_the_end_of_its_process()
    {
        var pid = Spawn.Run(new("/bin/sleep", ["sleep", "600"]));
        using var process = Pidfd.Open(pid);

        Assert.True(process.Signal(9));
        Assert.Equal(new Exit(pid, 0, 9), Reap(pid));
        Assert.False(process.Signal(9));
    }

    [Fact]
    public void Exits_are_told_in_words()
    {
        Assert.Equal("exit 1", new Exit(5, 1, 0).ToString());
        Assert.Equal("signal 9 (SIGKILL)", new Exit(5, 0, 9).ToString());
    }

    [Fact]
    public void A_blocked_signal_is_read_as_data()
    {
        var before = Signals.Blocked();
        try
        {
            Signals.SetBlocked(before | Signals.Bit(Tmds.Linux.LibC.SIGUSR2));
            using var queue = new SignalReader(Signals.Bit(Tmds.Linux.LibC.SIGUSR2));
            Assert.False(queue.TryRead(out _));

            _ = raise(Tmds.Linux.LibC.SIGUSR2);

            Assert.True(queue.TryRead(out var signal));
            Assert.Equal(Tmds.Linux.LibC.SIGUSR2, signal);
        }
        finally
        {
            Signals.SetBlocked(before);
        }
    }

    [Fact]
    public void A_nul_in_an_argument_is_refused() =>
        Assert.Throws<ArgumentException>(() => Command.Run("/bin/echo", ["a\0b"], Limit));

    private static Exit Reap(int pid)
    {
        Exit exit;
        while (!Reaper.TryReap(pid, out exit))
            Thread.Sleep(1);
        return exit;
    }

    private static unsafe string ReadSome(Descriptor pipe)
    {
        var buffer = stackalloc byte[64];
        var length = (int)(long)Tmds.Linux.LibC.read(pipe.Number, buffer, 64);
        return System.Text.Encoding.UTF8.GetString(buffer, length);
    }

    private static int dup(int descriptor) => Tmds.Linux.LibC.dup(descriptor);

    /// <summary>raise(3): to the calling thread alone.</summary>
    [LibraryImport("libc.so.6")]
    private static partial int raise(int signal);
}
