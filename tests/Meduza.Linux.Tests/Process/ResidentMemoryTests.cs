using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Process;

public class ResidentMemoryTests
{
    [Fact]
    public void It_is_the_second_number_in_pages()
    {
        Assert.Equal(437, ResidentMemory.Parse("2412 437 391 6 0 134 0\n"u8));
        Assert.Null(ResidentMemory.Parse("nonsense"u8));
        Assert.Null(ResidentMemory.Parse(""u8));
    }

    [Fact]
    public void A_process_has_some_and_so_has_who_started_it()
    {
        Assert.InRange(ResidentMemory.OfSelf()!.Value, 1 << 20, Environment.WorkingSet * 4);
        Assert.True(ResidentMemory.OfParent() > 0);
    }
}
