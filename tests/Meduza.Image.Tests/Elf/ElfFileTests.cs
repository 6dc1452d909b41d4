using Meduza.Image.Elf;

namespace Meduza.Image.Tests.Elf;

public class ElfFileTests
{
    [Fact]
    public void The_loader_and_the_libraries_of_a_real_program_are_read()
    {
        var program = ElfFile.Read("/proc/self/exe");
        Assert.NotNull(program);
        Assert.Contains(program.Interpreter, new[] { Architecture.Amd64.Loader, Architecture.Arm64.Loader });
        Assert.Contains("libc.so.6", program.Needed);
    }

    [Fact]
    public void Names_and_search_paths_come_in_the_order_of_the_file()
    {
        var file = ElfFile.Parse(ElfBytes.Library(ElfFile.Arm64, ["liba.so.1", "libb.so.2"], "$ORIGIN/more:/usr/lib/frr"));
        Assert.NotNull(file);
        Assert.Equal(ElfFile.Arm64, file.Machine);
        Assert.Null(file.Interpreter);
        Assert.Equal(["liba.so.1", "libb.so.2"], file.Needed);
        Assert.Equal(["$ORIGIN/more", "/usr/lib/frr"], file.SearchPath);
    }

    [Theory]
    [InlineData("#!/bin/sh\n")]
    [InlineData("")]
    [InlineData("\u007fEL")]
    public void What_is_no_ELF_file_is_none(string content)
    {
        using var shop = new Workshop();
        Assert.Null(ElfFile.Read(shop.Write("file", content)));
    }

    [Fact]
    public void A_damaged_file_is_refused_or_read_and_never_read_beyond_its_end()
    {
        using var shop = new Workshop();
        var whole = ElfBytes.Library(ElfFile.X64, ["liba.so.1"], "/usr/lib/frr");
        var random = new Random(1);
        var refused = 0;
        for (var run = 0; run < 3000; run++)
        {
            var damaged = (byte[])whole.Clone();
            for (var bytes = random.Next(1, 4); bytes > 0; bytes--)
                damaged[random.Next(6, damaged.Length)] = (byte)random.Next(256);
            var path = shop.Write("file", damaged[..random.Next(4, damaged.Length + 1)]);
            try
            {
                ElfFile.Read(path);
            }
            catch (ImageException e)
            {
                refused++;
                Assert.Contains(path, e.Message, StringComparison.Ordinal);
            }
        }
        Assert.InRange(refused, 1, 2999);
    }
}
