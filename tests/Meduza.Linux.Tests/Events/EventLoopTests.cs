using Meduza.Linux.Events;
using Tmds.Linux;

namespace Meduza.Linux.Tests.Events;

public sealed unsafe class EventLoopTests : IDisposable
{
    private readonly EventLoop _loop = new(TimeProvider.System);
    private readonly List<Descriptor> _opened = [];

    public void Dispose()
    {
        foreach (var descriptor in _opened)
            descriptor.Dispose();
        _loop.Dispose();
    }

    private (Descriptor Read, Descriptor Write) Pipe()
    {
        var pipe = Descriptor.Pipe();
        _opened.AddRange([pipe.Read, pipe.Write]);
        return pipe;
    }

    private static void Put(Descriptor pipe, string text = "x")
    {
        fixed (byte* bytes = System.Text.Encoding.UTF8.GetBytes(text))
            Assert.Equal(text.Length, (int)(long)LibC.write(pipe.Number, bytes, (size_t)text.Length));
    }

    private static void Take(Descriptor pipe)
    {
        byte one;
        Assert.Equal(1, (int)(long)LibC.read(pipe.Number, &one, 1));
    }

    [Fact]
    public void A_readable_descriptor_is_told_every_turn_until_it_was_read()
    {
        var (read, write) = Pipe();
        var told = 0;
        using var watch = _loop.Watch(read, Ready.Read, _ => told++);
        Put(write);

        _loop.Turn(TimeSpan.Zero);
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(2, told);
        Take(read);
        _loop.Turn(TimeSpan.Zero);

        Assert.Equal(2, told);
    }

    [Fact]
    public void A_watch_that_another_callback_disposed_of_is_not_told_any_more()
    {
        var (firstRead, firstWrite) = Pipe();
        var (secondRead, secondWrite) = Pipe();
        var told = new List<int>();
        Watch? first = null, second = null;
        first = _loop.Watch(firstRead, Ready.Read, _ => { told.Add(1); second!.Dispose(); first!.Dispose(); });
        second = _loop.Watch(secondRead, Ready.Read, _ => { told.Add(2); first!.Dispose(); second!.Dispose(); });
        Put(firstWrite);
        Put(secondWrite);

        _loop.Turn(TimeSpan.Zero);
        _loop.Turn(TimeSpan.Zero);

        Assert.Single(told);
    }

    [Fact]
    public void A_new_watch_in_the_place_of_an_old_one_does_not_get_its_event()
    {
        var (firstRead, firstWrite) = Pipe();
        var (secondRead, secondWrite) = Pipe();
        var (quietRead, _) = Pipe();
        var quiet = 0;
        Watch? first = null, second = null;
        void Replace(Watch victim)
        {
            victim.Dispose();
            _loop.Watch(quietRead, Ready.Read, _ => quiet++);
        }
        first = _loop.Watch(firstRead, Ready.Read, _ => { Take(firstRead); Replace(second!); });
        second = _loop.Watch(secondRead, Ready.Read, _ => { Take(secondRead); Replace(first!); });
        Put(firstWrite);
        Put(secondWrite);

        _loop.Turn(TimeSpan.Zero);

        Assert.Equal(0, quiet);
    }

    [Fact]
    public void A_fault_in_one_callback_is_told_and_the_others_still_run()
    {
        var (firstRead, firstWrite) = Pipe();
        var (secondRead, secondWrite) = Pipe();
        var faults = new List<Exception>();
        var told = 0;
        _loop.Faulted = faults.Add;
        _loop.Watch(firstRead, Ready.Read, _ => { Take(firstRead); throw new InvalidOperationException("a fault"); });
        _loop.Watch(secondRead, Ready.Read, _ => { Take(secondRead); told++; });
        _loop.Timers.Create(() => throw new InvalidOperationException("a fault")).Start(TimeSpan.Zero);
        Put(firstWrite);
        Put(secondWrite);

        _loop.Turn(TimeSpan.Zero);

        Assert.Equal(1, told);
        Assert.Equal(2, faults.Count);
    }

    [Fact]
    public void Room_to_write_is_told_only_while_it_is_asked_for()
    {
        var (_, write) = Pipe();
        var told = Ready.None;
        using var watch = _loop.Watch(write, Ready.None, ready => told |= ready);
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(Ready.None, told);

        watch.Change(Ready.Write);
        _loop.Turn(TimeSpan.Zero);

        Assert.Equal(Ready.Write, told);
    }

    [Fact]
    public void The_end_of_a_pipe_is_told()
    {
        var (read, write) = Pipe();
        var told = Ready.None;
        using var watch = _loop.Watch(read, Ready.Read, ready => told |= ready);

        write.Dispose();
        _loop.Turn(TimeSpan.Zero);

        Assert.True(told.HasFlag(Ready.HangUp));
    }

    [Fact]
    public void A_turn_ends_when_a_timer_is_due_and_has_run_it()
    {
        var ran = false;
        _loop.Timers.Create(() => ran = true).Start(TimeSpan.FromMilliseconds(20));

        while (!ran)
            _loop.Turn();
    }

    [Fact]
    public void Turns_allocate_nothing()
    {
        var (read, write) = Pipe();
        byte taken;
        var place = (nint)(&taken);
        using var watch = _loop.Watch(read, Ready.Read, _ => LibC.read(read.Number, (void*)place, 1));
        var timer = _loop.Timers.Create(() => { });
        void Once()
        {
            byte one = 1;
            LibC.write(write.Number, &one, 1);
            timer.Start(TimeSpan.Zero);
            _loop.Turn(TimeSpan.Zero);
        }
        for (var i = 0; i < 1000; i++)
            Once();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Once();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
