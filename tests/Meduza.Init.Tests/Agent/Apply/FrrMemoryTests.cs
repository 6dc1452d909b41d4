using Meduza.Gateway.Plan;
using Meduza.Init.Agent.Apply;

namespace Meduza.Init.Tests.Agent.Apply;

public sealed class FrrMemoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-frr-").FullName;
    private readonly FrrMemory _memory;

    public FrrMemoryTests() => _memory = new(Path.Combine(_folder, "notes"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_a_daemon_never_seen_nothing_is_certain() =>
        Assert.Equal(new ObservedFrr("", false), _memory.Recall("bgpd", 7, 100));

    [Fact]
    public void A_process_started_after_its_file_was_placed_has_read_it()
    {
        _memory.FileHolds("bgpd", 0, "router bgp 1\n", 100);

        Assert.Equal(new("router bgp 1\n", true), _memory.Recall("bgpd", 7, 100));
        Assert.False(_memory.Recall("bgpd", 7, 99).Certain);
    }

    [Fact]
    public void The_process_that_was_told_has_the_text_and_so_has_its_successor()
    {
        _memory.FileHolds("bgpd", 7, "new\n", 200);

        Assert.True(_memory.Recall("bgpd", 7, 50).Certain);
        Assert.True(_memory.Recall("bgpd", 8, 201).Certain);
    }

    [Fact]
    public void Death_between_file_and_telling_leaves_the_old_text_to_the_old_process_and_doubt_about_any_other()
    {
        _memory.FileHolds("bgpd", 7, "old\n", 100);
        _memory.FileWillChange("bgpd");

        Assert.Equal(new("old\n", true), _memory.Recall("bgpd", 7, 50));
        Assert.Equal(new("old\n", false), _memory.Recall("bgpd", 8, 300));
    }

    [Fact]
    public void After_a_refusal_nobody_is_certain()
    {
        _memory.FileHolds("bgpd", 7, "old\n", 100);
        _memory.Doubt("bgpd");

        Assert.Equal(new("old\n", false), _memory.Recall("bgpd", 7, 50));
    }

    [Fact]
    public void A_damaged_note_is_no_note()
    {
        _memory.FileHolds("bgpd", 7, "x", 100);
        File.WriteAllText(Path.Combine(_folder, "notes", "bgpd"), "seven\nx");

        Assert.Equal(new("", false), _memory.Recall("bgpd", 7, 100));
    }
}
