using System.Globalization;
using System.Text;
using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Process;

public class ProgramPagesTests
{
    [Fact]
    public void Only_mappings_of_files_that_hold_no_page_of_their_own_are_given_back()
    {
        var smaps = string.Concat(
            Mapping("00400000-00404000 r--p 00000000 fe:00 33                 /usr/sbin/a b", 0),
            Mapping("00404000-00c4b000 r-xp 00004000 fe:00 33                 /usr/sbin/a b", 4),
            Mapping("01146000-016d0000 rw-p 00d46000 fe:00 33                 /usr/sbin/a b", 0),
            Mapping("12ab0000-12ad1000 rw-p 00000000 00:00 0                  [heap]", 100),
            Mapping("7f0000000000-7f0000001000 r--p 00000000 00:00 0 ", 0),
            Mapping("7f00f6000000-7f00f6181000 r-xp 00026000 fe:00 5          /lib/libc.so.6 (deleted)", 0),
            Mapping("7ffe0003d000-7ffe0003f000 r-xp 00000000 00:00 0          [vdso]", 0));

        Assert.Equal<(nuint, nuint)>([(0x400000, 0x404000), (unchecked((nuint)0x7f00f6000000), unchecked((nuint)0x7f00f6181000))], Unchanged(smaps, 16));
        Assert.Equal<(nuint, nuint)>([(0x400000, 0x404000)], Unchanged(smaps, 1));
    }

    [Fact]
    public void Text_of_any_length_is_read_across_the_pieces_that_it_comes_in()
    {
        var smaps = string.Concat(Enumerable.Range(1, 200).Select(i => Mapping($"{i:x}000-{i:x}800 r-xp 00000000 fe:00 33 /usr/lib/{new string('x', i)}", 0)));

        Assert.Equal(Enumerable.Range(1, 200).Select(i => ((nuint)(i << 12), (nuint)((i << 12) + 0x800))), Unchanged(smaps, 256));
    }

    [Fact]
    public void Pages_of_this_very_program_are_given_back_and_it_goes_on()
    {
        var before = ResidentOfFiles();
        ProgramPages.Release();
        Assert.InRange(ResidentOfFiles(), 1, before - 1);
    }

    /// <summary>KiB.</summary>
    private static int ResidentOfFiles() => int.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssFile:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private static string Mapping(string head, int anonymous) =>
        $"{head}\nSize:                 16 kB\nAnonymous:        {anonymous,8} kB\nVmFlags: rd mr mw me sd\n";

    private static (nuint, nuint)[] Unchanged(string smaps, int most)
    {
        using var memory = AnonymousFile.Create("smaps", Encoding.ASCII.GetBytes(smaps));
        using var file = Descriptor.Open($"/proc/self/fd/{memory.Number}", 0);
        var found = new (nuint, nuint)[most];
        return found[..ProgramPages.Unchanged(file, "smaps", found)];
    }
}
