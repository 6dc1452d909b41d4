using Meduza.Linux.Netlink;
using Meduza.Linux.Netlink.Generic;

namespace Meduza.Linux.Tests.Netlink.Generic;

/// <summary>Bytes as drivers/acpi/event.c and net/netlink/genetlink.c of the kernel lay them out; a real button is pressed in the virtual machine's tests.</summary>
public class AcpiEventsTests
{
    private const string Family = "50000000100000000100000000000000010200000f000200616370695f6576656e7400000600010017000000";

    [Fact]
    public void The_power_button_is_known_by_the_class_of_its_device()
    {
        var message = First("440000001700000000000000000000000101000030000100" + "627574746f6e2f706f7765720000000000000000" + "4c4e58505752424e3a303000000000008000000001000000");
        Assert.True(AcpiEvents.TryParse(message, out var device));
        Assert.Equal(AcpiEvents.PowerButton, device);
    }

    [Theory]
    // Shorter than a class, another attribute, nothing, and a message of the family of families.
    [InlineData("24000000170000000000000000000000" + "01010000" + "10000100" + "627574746f6e2f706f776572")]
    [InlineData("44000000170000000000000000000000" + "01010000" + "30000200" + "627574746f6e2f706f77657200000000000000004c4e58505752424e3a303000000000008000000001000000")]
    [InlineData("14000000170000000000000000000000" + "01010000")]
    [InlineData("44000000100000000000000000000000" + "01010000" + "30000100" + "627574746f6e2f706f77657200000000000000004c4e58505752424e3a303000000000008000000001000000")]
    public void What_is_no_event_is_none(string bytes) => Assert.False(AcpiEvents.TryParse(First(bytes), out _));

    [Fact]
    public void Its_group_is_found_by_name()
    {
        Assert.True(AcpiEvents.TryParseGroup(First(Family + "2400070020000100080002000300000012000100616370695f6d635f67726f7570000000"), out var group));
        Assert.Equal(3u, group);
    }

    [Theory]
    [InlineData("2400070020000100080002000300000012000100616370695f6d635f67726f7573000000")]
    [InlineData("2400070020000100080003000300000012000100616370695f6d635f67726f7570000000")]
    [InlineData("2400080020000100080002000300000012000100616370695f6d635f67726f7570000000")]
    public void Another_group_or_one_without_a_number_is_not_it(string groups) => Assert.False(AcpiEvents.TryParseGroup(First(Family + groups), out _));

    [Fact]
    [Trait("Emulated", "no")] // QEMU's user mode has no generic netlink
    public void A_kernel_is_asked_and_has_it_or_has_it_not()
    {
        using var events = AcpiEvents.Open();
        Assert.Empty(events?.Read() ?? []);
    }

    private static Message First(string bytes)
    {
        var reader = new MessageReader(Convert.FromHexString(bytes));
        Assert.True(reader.TryRead(out var message));
        return message;
    }
}
