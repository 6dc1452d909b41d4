using Meduza.Init.Agent.Status;

namespace Meduza.Init.Tests.Agent.Status;

public sealed class StatusBookTests
{
    private readonly ManualClock _clock = new();
    private readonly StatusBook _book;

    public StatusBookTests() => _book = new("gw1", _clock);

    private static Dictionary<string, string> States(params (string Path, string State)[] states) =>
        states.ToDictionary(state => state.Path, state => state.State);

    private DueStatus WriteAll()
    {
        var due = _book.Collect();
        _book.Written(due);
        return due;
    }

    [Fact]
    public void A_changed_state_is_due_at_once_with_its_time()
    {
        _book.SetStates(States(("tinc/status", "up")));

        Assert.Equal([("/updated/gw1/tinc/status", "up 2026-01-02T03:04:05+0000")], WriteAll().Puts);
        Assert.True(_book.Collect().IsEmpty);

        Assert.True(_book.SetStates(States(("tinc/status", "down"))));
        Assert.Equal("down 2026-01-02T03:04:05+0000", Assert.Single(WriteAll().Puts).Value);
    }

    [Fact]
    public void An_unchanged_state_is_written_again_after_a_minute_and_not_before()
    {
        _book.SetStates(States(("tinc/status", "up")));
        WriteAll();

        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(_book.SetStates(States(("tinc/status", "up"))));
        Assert.True(_book.Collect().IsEmpty);
        Assert.Equal(TimeSpan.FromSeconds(1), _book.UntilNext());

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("up 2026-01-02T03:05:05+0000", Assert.Single(WriteAll().Puts).Value);
    }

    [Fact]
    public void A_text_is_written_once_for_each_change()
    {
        _book.SetText("commit", "{}");
        Assert.Equal([("/updated/gw1/commit", "{}")], WriteAll().Puts);

        _clock.Advance(TimeSpan.FromHours(1));
        _book.SetText("commit", "{}");
        Assert.True(_book.Collect().IsEmpty);
    }

    [Fact]
    public void What_was_not_written_stays_due()
    {
        _book.SetText("commit", "{}");

        Assert.Equal(_book.Collect().Puts, _book.Collect().Puts);
    }

    [Fact]
    public void What_changed_while_it_was_written_is_still_due()
    {
        _book.SetStates(States(("tinc/status", "up")));
        var due = _book.Collect();
        _book.SetStates(States(("tinc/status", "down")));
        _book.Written(due);

        Assert.StartsWith("down ", Assert.Single(_book.Collect().Puts).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_became_the_beginning_of_what_was_written_is_still_due()
    {
        _book.SetText("commit", "{12}");
        var due = _book.Collect();
        _book.SetText("commit", "{1");
        _book.Written(due);

        Assert.Equal("{1", Assert.Single(_book.Collect().Puts).Value);
    }

    [Fact]
    public void The_key_of_an_instance_that_is_gone_is_deleted_once()
    {
        _book.SetStates(States(("openvpn/a/status", "up"), ("tinc/status", "up")));
        WriteAll();
        _book.SetStates(States(("tinc/status", "up")));

        Assert.Equal(["/updated/gw1/openvpn/a/status"], WriteAll().Deletes);
        Assert.True(_book.Collect().IsEmpty);
    }

    [Fact]
    public void Keys_that_an_earlier_life_left_go_once_the_parts_are_known_and_no_sooner()
    {
        _book.SessionBegins(["/updated/gw1/openvpn/old/status", "/updated/gw1/tinc/status", "/updated/gw1/last"]);
        Assert.True(_book.Collect().IsEmpty);

        _book.SetStates(States(("tinc/status", "up")));
        Assert.Equal(["/updated/gw1/openvpn/old/status"], WriteAll().Deletes);
    }

    [Fact]
    public void A_new_session_writes_everything_again()
    {
        _book.SetStates(States(("tinc/status", "up")));
        _book.SetText("last", "x");
        WriteAll();
        _book.SessionBegins([]);

        Assert.Equal(2, _book.Collect().Puts.Length);
    }

    [Fact]
    public void A_jump_of_the_wall_clock_makes_nothing_due()
    {
        _book.SetStates(States(("tinc/status", "up")));
        WriteAll();
        _clock.Jump(TimeSpan.FromDays(3650));

        Assert.True(_book.Collect().IsEmpty);
    }
}
