using System.Globalization;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Process;

public sealed class CapabilitySetTests
{
    [Theory]
    [InlineData("CAP_CHOWN", Capability.CAP_CHOWN)]
    [InlineData("CAP_CHECKPOINT_RESTORE", Capability.CAP_CHECKPOINT_RESTORE)]
    public void A_name_as_C_spells_it_is_read(string name, Capability capability)
    {
        Assert.True(CapabilitySet.TryParse(name, out var read));
        Assert.Equal(capability, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("NET_ADMIN")]
    [InlineData("cap_net_admin")]
    [InlineData(" CAP_NET_ADMIN")]
    [InlineData("12")]
    [InlineData("99")]
    [InlineData("CAP_CHOWN,CAP_KILL")]
    public void Any_other_spelling_is_refused(string? name) => Assert.False(CapabilitySet.TryParse(name, out _));

    [Fact]
    public void What_a_set_lacks_of_another_is_named()
    {
        var wanted = CapabilitySet.Of(Capability.CAP_KILL, Capability.CAP_BPF);

        Assert.Equal(Capability.CAP_BPF, wanted.Without(CapabilitySet.Of(Capability.CAP_KILL)).First);
        Assert.Null(wanted.Without(wanted).First);
        Assert.Equal("CAP_KILL CAP_BPF", wanted.ToString());
        Assert.Equal("none", CapabilitySet.None.ToString());
    }

    [Fact]
    public void Own_set_is_what_proc_shows()
    {
        ulong Bits(string field) => ulong.Parse(
            File.ReadLines("/proc/thread-self/status").Single(l => l.StartsWith(field, StringComparison.Ordinal)).Split('\t')[1],
            NumberStyles.HexNumber, CultureInfo.InvariantCulture);

        Assert.Equal(Bits("CapBnd") & Bits("CapPrm"), CapabilitySet.Own().Bits);
    }
}
