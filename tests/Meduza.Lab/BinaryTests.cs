using Meduza.Lab.Harness;

namespace Meduza.Lab;

/// <summary>The binary as a file: docs/design/size.md says what it is made of, and why that matters.</summary>
public class BinaryTests
{
    private const double Limit = 18.1e6;

    [Fact]
    public void The_binary_is_not_bigger_than_its_limit()
    {
        var size = new FileInfo(Binary.Path).Length;
        Assert.True(
            size <= Limit,
            $"{Binary.Path} has {size / 1e6:F2} MB, and its limit is {Limit / 1e6:F2}: ./build.sh size, here and on the commit before, shows which assembly, namespace or generic grew (docs/design/size.md)");
    }
}
