using System.Reflection;
using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Abi.Tests;

/// <summary>Every constant and struct that crosses to the kernel or to libc, against the C headers, by the C compiler.</summary>
public class AbiTests
{
    public static TheoryData<string, string> Headers
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var target in CTarget.All)
            {
                foreach (var header in Claims.Of(Claims.Types).Select(c => c.Header).Distinct())
                    data.Add(target.Name, header);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void C_agrees_with_all_that_is_claimed_about(string target, string header)
    {
        var claims = Claims.Of(Claims.Types).Where(c => c.Header == header).ToList();
        Assert.NotEmpty(claims);
        Assert.Empty(CProgram.Disagreements(claims, CTarget.All.Single(t => t.Name == target)));
    }

    [Fact]
    public void Every_struct_that_is_there_for_C_names_its_C_type() =>
        Assert.All(Claims.StructsForC, type => Assert.NotNull(type.GetCustomAttribute<CStructAttribute>()));

    // A bool or char in a struct is laid out otherwise when it is marshalled: then the offsets above would prove nothing.
    [Fact]
    public void Every_struct_with_a_C_type_crosses_as_it_lies() => Assert.All(
        Claims.Types
            .Where(type => type.GetCustomAttribute<CStructAttribute>() is not null)
            .SelectMany(type => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)),
        field => Assert.True(
            (field.FieldType.IsValueType || field.FieldType.IsPointer) && field.FieldType != typeof(bool) && field.FieldType != typeof(char),
            $"{field.DeclaringType}.{field.Name}"));

    [Fact]
    public void Header_structs_and_constants_of_netlink_are_among_the_claims()
    {
        var names = Claims.Of(Claims.Types).Select(c => c.Expression).ToHashSet();
        Assert.Superset(
            new HashSet<string> { "RTM_NEWADDR", "NLM_F_DUMP_INTR", "sizeof(struct nlmsghdr)", "offsetof(struct ifaddrmsg, ifa_index)" }, names);
    }

    [Fact]
    public void Wrong_claims_are_found() => Assert.Equal(
        [
            "WrongConstants.EFD_CLOEXEC: ours 1 (0x1), C 524288 (0x80000)",
            "size of WrongStruct: ours 8 (0x8), C 16 (0x10)",
            "offset of WrongStruct.Flags: ours 4 (0x4), C 6 (0x6)",
        ],
        CProgram.Disagreements([.. Claims.Of([typeof(WrongConstants), typeof(WrongStruct)])], CTarget.Native));

    [Fact]
    public void Name_that_C_does_not_know_fails() => Assert.Contains(
        "NO_SUCH_NAME",
        Assert.ThrowsAny<Exception>(() => CProgram.Disagreements([new Claim("errno.h", "x", "NO_SUCH_NAME", 1)], CTarget.Native)).Message,
        StringComparison.Ordinal);

    [CHeader("sys/eventfd.h")]
    private static class WrongConstants
    {
        public const int EFD_CLOEXEC = 1;
    }

    [CStruct("struct nlmsghdr", "linux/netlink.h")]
    [StructLayout(LayoutKind.Sequential)]
    private struct WrongStruct
    {
        public uint nlmsg_len;
        [CName("nlmsg_flags")] public ushort Flags;
    }
}
