using CsCheck;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Process;

public sealed class ExecSpecTests
{
    private static readonly Gen<ExecSpec> Specs =
        from command in Gen.String.Array[1, 4]
        from environment in Gen.String.Array[0, 4]
        from program in Gen.Null(Gen.String[1, 9])
        from folder in Gen.String
        from user in Gen.Null(Gen.String[1, 9])
        from oom in Gen.Nullable(Gen.Int[-1000, 1000])
        from files in Gen.Nullable(Gen.Int[0, int.MaxValue])
        from noNew in Gen.Bool
        select new ExecSpec(command, environment)
        {
            Program = program, WorkingFolder = folder, User = user, OomScore = oom, OpenFiles = files, NoNewPrivileges = noNew,
        };

    [Fact]
    public void What_is_written_is_read_back() => Specs.Sample(spec =>
    {
        var read = ExecSpecFormat.Read(ExecSpecFormat.Write(spec));

        Assert.Equal(spec.Command, read.Command);
        Assert.Equal(spec.Environment, read.Environment);
        Assert.Equal(spec, read, Same);
    });

    [Fact]
    public void Bytes_cut_short_or_changed_end_in_an_error_and_nothing_else() =>
        Gen.Select(Specs, Gen.Int[0, 400], Gen.Byte).Sample((spec, at, value) =>
        {
            var bytes = ExecSpecFormat.Write(spec);
            var cut = bytes[..(at % bytes.Length)];
            bytes[at % bytes.Length] = value;
            foreach (var input in new[] { cut, bytes })
            {
                try
                {
                    ExecSpecFormat.Read(input);
                }
                catch (InvalidDataException)
                {
                }
            }
        });

    private static bool Same(ExecSpec a, ExecSpec b) =>
        (a.Program, a.WorkingFolder, a.User, a.OomScore, a.OpenFiles, a.NoNewPrivileges)
        == (b.Program, b.WorkingFolder, b.User, b.OomScore, b.OpenFiles, b.NoNewPrivileges);
}
