using System.Globalization;
using Meduza.Lab.Harness;

namespace Meduza.Lab;

/// <summary>The binary as a file: docs/design/size.md says what it is made of, and why that matters.</summary>
public class BinaryTests
{
    private const double Limit = 17.7e6;

    [Fact]
    public void The_binary_is_not_bigger_than_its_limit()
    {
        var size = new FileInfo(Binary.Path).Length;
        Assert.True(
            size <= Limit,
            $"{Binary.Path} has {size / 1e6:F2} MB, and its limit is {Limit / 1e6:F2}: ./build.sh size, here and on the commit before, shows which assembly, namespace or generic grew (docs/design/size.md)");
    }

    [Fact]
    public void The_binary_asks_for_no_later_C_library_than_RHEL_9_and_Ubuntu_22_04_have()
    {
        var bytes = File.ReadAllBytes(Binary.Path).AsSpan();
        var versions = new HashSet<int>();
        for (var mark = "GLIBC_2."u8; bytes.IndexOf(mark) is var at and >= 0;)
        {
            bytes = bytes[(at + mark.Length)..];
            var length = bytes.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (length > 0)
                versions.Add(int.Parse(bytes[..length], CultureInfo.InvariantCulture));
        }
        Assert.NotEmpty(versions);
        Assert.Equal(34, versions.Max());
    }
}
