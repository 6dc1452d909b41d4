using System.Globalization;
using System.Text;
using Meduza.Image.Machine;
using Meduza.Image.Root;

namespace Meduza.Image.Tests.Machine;

public class CpioArchiveTests
{
    [Fact]
    public void An_archive_has_all_entries_with_their_rights_and_content_and_an_end()
    {
        var tree = new RootTree();
        tree.AddText("etc/word", "hello", Origin.Own);
        tree.AddBytes("usr/sbin/program", [1, 2, 3, 4], Origin.Own, (UnixFileMode)0b111_101_101);
        tree.AddLink("init", "usr/sbin/program", Origin.Own);
        using var archive = new MemoryStream();
        CpioArchive.Write(tree, archive, Workshop.Time);
        Assert.Equal(
            ["etc 40755 ", "etc/word 100644 hello", "init 120777 usr/sbin/program", "usr 40755 ", "usr/sbin 40755 ", "usr/sbin/program 100755 \u0001\u0002\u0003\u0004", "TRAILER!!! 0 "],
            Read(archive.ToArray()));
    }

    // Documentation/driver-api/early-userspace/buffer-format.rst: what the kernel itself does with it.
    private static List<string> Read(byte[] archive)
    {
        var seen = new List<string>();
        for (var at = 0; at < archive.Length;)
        {
            Assert.Equal("070701", Text(at, 6));
            int Number(int index) => int.Parse(Text(at + 6 + 8 * index, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var (mode, size, nameLength) = (Number(1), Number(6), Number(11));
            Assert.Equal((0, 0), (Number(2), Number(3)));
            var name = Text(at + 110, nameLength - 1);
            var content = Aligned(at + 110 + nameLength);
            seen.Add($"{name} {Convert.ToString(mode, 8)} {Text(content, size)}");
            at = Aligned(content + size);
        }
        return seen;

        string Text(int at, int length) => Encoding.Latin1.GetString(archive, at, length);
        static int Aligned(int at) => (at + 3) & ~3;
    }
}
