using Meduza.Linux.Process;
using Tmds.Linux;

namespace Meduza.Linux.Tests.Process;

[Collection(Alone.Name)]
public sealed class SpareDescriptorsTests
{
    [Fact]
    public void What_is_lent_is_free_meanwhile_and_taken_again_afterwards()
    {
        using var spare = new SpareDescriptors(2);
        var before = Free();
        var meanwhile = new List<int>();

        spare.Lend(() => meanwhile.Add(Free()));

        Assert.True(Assert.Single(meanwhile) < before);
        Assert.Equal(before, Free());
    }

    [Fact]
    public void What_fails_with_them_takes_them_again_too()
    {
        using var spare = new SpareDescriptors(2);
        var before = Free();

        Assert.Throws<InvalidOperationException>(() => spare.Lend(() => throw new InvalidOperationException()));

        Assert.Equal(before, Free());
    }

    /// <summary>The lowest number that is free.</summary>
    private static int Free()
    {
        using var next = Descriptor.Open("/", LibC.O_RDONLY);
        return next.Number;
    }
}
