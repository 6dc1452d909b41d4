using CsCheck;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Process;

public sealed class ExecSpecTests
{
    private static readonly Gen<ResourceLimit> Limits =
        from resource in Gen.Enum<Resource>()
        from soft in Gen.Nullable(Gen.ULong)
        from hard in Gen.Nullable(Gen.ULong)
        select new ResourceLimit(resource, soft, hard);

    private static readonly Gen<ExecSpec> Specs =
        from texts in Gen.Select(Gen.String.Array[1, 4], Gen.String.Array[0, 4], Gen.Null(Gen.String[1, 9]), Gen.String)
        from names in Gen.Select(Gen.Null(Gen.String[1, 9]), Gen.Null(Gen.String[0, 9]), Gen.Null(Gen.String.Array[0, 3]))
        from capabilities in Gen.Nullable(Gen.ULong)
        from numbers in Gen.Select(Gen.Nullable(Gen.Int[-1000, 1000]), Gen.Nullable(Gen.Int[-20, 19]), Gen.Int[0, 511], Gen.Bool)
        from notify in Gen.Nullable(Gen.Int[3, 1023])
        from limits in Limits.Array[0, 3]
        from places in Gen.Select(Gen.Null(Gen.String), Gen.Null(Gen.String), Gen.Select(Gen.String, Gen.String).Array[0, 3])
        select new ExecSpec(texts.Item1, texts.Item2)
        {
            Program = texts.Item3, WorkingFolder = texts.Item4, User = names.Item1, Group = names.Item2, Groups = names.Item3,
            Capabilities = capabilities is { } bits ? new CapabilitySet(bits) : null, OomScore = numbers.Item1, Nice = numbers.Item2,
            Umask = numbers.Item3, NoNewPrivileges = numbers.Item4, Limits = limits, NetworkNamespace = places.Item1, Cgroup = places.Item2,
            CgroupSettings = places.Item3, NotifyDescriptor = notify,
        };

    [Fact]
    public void What_is_written_is_read_back() => Specs.Sample(spec =>
    {
        var read = ExecSpecFormat.Read(ExecSpecFormat.Write(spec));

        Assert.Equal(spec.Command, read.Command);
        Assert.Equal(spec.Environment, read.Environment);
        Assert.Equal(spec.Groups, read.Groups);
        Assert.Equal(spec.Limits, read.Limits);
        Assert.Equal(spec.CgroupSettings, read.CgroupSettings);
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
        (a.Program, a.WorkingFolder, a.User, a.Group, a.Capabilities, a.NoNewPrivileges, a.OomScore, a.Nice, a.Umask, a.NetworkNamespace, a.Cgroup, a.NotifyDescriptor)
        == (b.Program, b.WorkingFolder, b.User, b.Group, b.Capabilities, b.NoNewPrivileges, b.OomScore, b.Nice, b.Umask, b.NetworkNamespace, b.Cgroup, b.NotifyDescriptor);
}
