using CsCheck;
using Meduza.Linux.Events;

namespace Meduza.Linux.Tests.Events;

public sealed class TimersTests
{
    private readonly ManualTime _time = new();
    private readonly Timers _timers;
    private readonly List<string> _ran = [];

    public TimersTests() => _timers = new(_time);

    private LoopTimer Timer(string name) => _timers.Create(() => _ran.Add(name));

    private void Pass(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _timers.RunDue();
    }

    [Fact]
    public void A_timer_runs_once_when_it_is_due()
    {
        Timer("a").Start(TimeSpan.FromSeconds(1));

        Pass(0.999);
        Assert.Empty(_ran);
        Pass(0.001);
        Pass(10);

        Assert.Equal(["a"], _ran);
    }

    [Fact]
    public void Timers_run_in_the_order_in_which_they_become_due()
    {
        Timer("late").Start(TimeSpan.FromSeconds(2));
        Timer("first").Start(TimeSpan.FromSeconds(1));
        Timer("second").Start(TimeSpan.FromSeconds(1));

        Pass(3);

        Assert.Equal(["first", "second", "late"], _ran);
    }

    [Fact]
    public void A_stopped_timer_does_not_run_even_when_it_is_due_already()
    {
        var victim = Timer("victim");
        _timers.Create(victim.Stop).Start(TimeSpan.FromSeconds(1));
        victim.Start(TimeSpan.FromSeconds(1));

        Pass(5);

        Assert.Empty(_ran);
        Assert.False(victim.IsRunning);
    }

    [Fact]
    public void Starting_again_replaces_the_earlier_moment()
    {
        var timer = Timer("a");
        timer.Start(TimeSpan.FromSeconds(1));
        timer.Start(TimeSpan.FromSeconds(3));

        Pass(2);
        Assert.Empty(_ran);
        Pass(1);

        Assert.Equal(["a"], _ran);
    }

    [Fact]
    public void A_timer_that_starts_itself_anew_waits_for_the_next_turn()
    {
        LoopTimer? timer = null;
        timer = _timers.Create(() =>
        {
            _ran.Add("again");
            timer!.Start(TimeSpan.Zero);
        });
        timer.Start(TimeSpan.Zero);

        _timers.RunDue();
        Assert.Single(_ran);
        _timers.RunDue();
        Assert.Equal(2, _ran.Count);
    }

    [Fact]
    public void One_that_throws_does_not_take_the_others_with_it()
    {
        _timers.Create(() => throw new InvalidOperationException()).Start(TimeSpan.Zero);
        Timer("other").Start(TimeSpan.Zero);

        Assert.Throws<InvalidOperationException>(_timers.RunDue);
        _timers.RunDue();

        Assert.Equal(["other"], _ran);
    }

    [Fact]
    public void The_time_until_the_next_is_never_negative()
    {
        Assert.Null(_timers.UntilNext());
        Timer("a").Start(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), _timers.UntilNext());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.Zero, _timers.UntilNext());
    }

    [Fact]
    public void Any_starts_and_stops_leave_exactly_the_running_ones()
    {
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 5]).Array[0, 60].Sample(steps =>
        {
            var time = new ManualTime();
            var timers = new Timers(time);
            var ran = new List<int>();
            var all = Enumerable.Range(0, 8).Select(i => timers.Create(() => ran.Add(i))).ToArray();
            var due = new int?[8];
            foreach (var (which, seconds) in steps)
            {
                due[which] = seconds == 0 ? null : seconds;
                if (seconds == 0)
                    all[which].Stop();
                else
                    all[which].Start(TimeSpan.FromSeconds(seconds));
            }

            time.Advance(TimeSpan.FromSeconds(3));
            timers.RunDue();

            Assert.Equal(Enumerable.Range(0, 8).Where(i => due[i] <= 3), ran.Order());
        });
    }
}
