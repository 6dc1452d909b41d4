using System.Text;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Tests.Files;

public class DescriptorWriterTests
{
    [Fact]
    public void Text_goes_out_as_utf8_when_it_is_flushed()
    {
        var (read, write) = Descriptor.Pipe();
        using (read)
        {
            using (write)
            {
                using var writer = new DescriptorWriter(write, "pipe");
                writer.WriteLine("två");
                writer.Write(3);
                Assert.False(writer.IsTerminal);
                writer.Flush();
                writer.Write("not flushed");
            }
            Assert.Equal("två\n3", Encoding.UTF8.GetString(DescriptorIO.ReadToEnd(read, "pipe")));
        }
    }

    [Fact]
    public async Task Full_pipe_that_does_not_block_is_waited_for()
    {
        var (read, write) = Descriptor.Pipe(O_NONBLOCK);
        using (read)
        {
            var text = new string('x', 1 << 20);
            var writing = Task.Run(() =>
            {
                using (write)
                {
                    using var writer = new DescriptorWriter(write, "pipe");
                    writer.Write(text);
                    writer.Flush();
                }
            }, TestContext.Current.CancellationToken);
            Assert.Equal(text.Length, Drain(read));
            await writing;
        }
    }

    [Fact]
    public void Pipe_that_nobody_reads_any_more_is_an_error()
    {
        var (read, write) = Descriptor.Pipe();
        using (write)
        {
            read.Dispose();
            using var writer = new DescriptorWriter(write, "pipe");
            writer.Write("x");
            Assert.Equal(EPIPE, Assert.Throws<LinuxException>(writer.Flush).Errno);
        }
    }

    [Fact]
    public void Terminal_is_known_as_one()
    {
        using var terminal = Descriptor.Open("/dev/ptmx", O_RDWR | O_NOCTTY);
        using var writer = new DescriptorWriter(terminal, "terminal");
        Assert.True(writer.IsTerminal);
    }

    private static long Drain(Descriptor read)
    {
        long total = 0;
        var buffer = new byte[4096];
        while (true)
        {
            try
            {
                var count = DescriptorIO.Read(read, buffer, "pipe");
                if (count == 0)
                    return total;
                total += count;
            }
            catch (LinuxException e) when (e.Errno == EAGAIN)
            {
                Thread.Yield();
            }
        }
    }
}
