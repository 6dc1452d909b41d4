using Meduza.Linux.Files;

namespace Meduza.Linux.Tests.Files;

public sealed class AccountsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Accounts _accounts;

    public AccountsTests()
    {
        File.WriteAllText(_folder["passwd"], """
            root:x:0:0:root:/root:/bin/sh
            # frr:x:7:7:::
            broken
            worse:x:one:2:::
            negative:x:-1:2:::
            frr:x:104:105:Frr routing suite,,,:/nonexistent:/usr/sbin/nologin
            toor:x:0:0:second:/root:/bin/sh
            """);
        File.WriteAllText(_folder["group"], """
            root:x:0:
            frrvty:x:106:frr,admin
            frr:x:105:
            other:x:107:frrr
            """);
        _accounts = Accounts.Read(_folder["passwd"], _folder["group"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_are_resolved_to_numbers_and_back()
    {
        Assert.Equal(new Account("frr", 104, 105), _accounts.FindUser("frr"));
        Assert.Equal(106u, _accounts.FindGroup("frrvty"));
        Assert.Equal("frr", _accounts.UserName(104));
        Assert.Equal("root", _accounts.UserName(0));
        Assert.Equal("frrvty", _accounts.GroupName(106));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("broken")]
    [InlineData("worse")]
    [InlineData("negative")]
    [InlineData("")]
    [InlineData("# frr")]
    public void Absent_and_broken_entries_are_nobody(string name) => Assert.Null(_accounts.FindUser(name));

    [Fact]
    public void Absent_groups_and_numbers_are_null()
    {
        Assert.Null(_accounts.FindGroup("wheel"));
        Assert.Null(_accounts.UserName(4711));
        Assert.Null(_accounts.GroupName(4711));
    }

    [Fact]
    public void Groups_of_a_user_are_the_primary_one_and_those_that_name_it() =>
        Assert.Equal([105u, 106u], _accounts.GroupsOf(_accounts.FindUser("frr")!));

    [Fact]
    public void Files_that_are_not_there_have_no_entries() =>
        Assert.Null(Accounts.Read(_folder["no"], _folder["none"]).FindUser("root"));

    [Fact]
    public void This_machine_has_a_root() => Assert.Equal(0u, Accounts.Read().FindUser("root")!.Uid);
}
