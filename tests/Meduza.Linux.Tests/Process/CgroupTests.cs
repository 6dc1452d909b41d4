using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Process;

public sealed class CgroupTests
{
    private const string Hybrid = "9:name=systemd:/\n4:memory:/x\n";

    private static Mount Unified(string root, string point) => new(31, 30, root, point, "rw", "cgroup2", "cgroup2");

    [Theory]
    [InlineData("0::/\n", "/", "/sys/fs/cgroup", "/sys/fs/cgroup")]
    [InlineData("0::/\n", "/", "/", "")]
    [InlineData(Hybrid + "0::/a/b\n", "/", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified/a/b")]
    [InlineData("0::/a/b\n", "/a", "/c", "/c/b")]
    [InlineData("0::/a/b\n", "/a/b", "/c", "/c")]
    public void A_group_s_folder_is_found_by_what_the_mount_shows(string cgroups, string root, string point, string folder) =>
        Assert.Equal(folder, Cgroup.FolderOf(cgroups, [Unified(root, point)]));

    [Theory]
    [InlineData(Hybrid, "/")] // no unified hierarchy
    [InlineData("0::/../x\n", "/")] // outside of this cgroup namespace
    [InlineData("0::/ab\n", "/a")] // another part of the hierarchy is mounted
    [InlineData("", "/")]
    public void A_group_that_no_mount_shows_is_not_found(string cgroups, string root) =>
        Assert.Null(Cgroup.FolderOf(cgroups, [Unified(root, "/sys/fs/cgroup"), new(32, 30, "/", "/v1", "rw", "cgroup", "cgroup")]));

    [Fact]
    public void Of_two_mounts_the_later_one_counts() =>
        Assert.Equal("/b", Cgroup.FolderOf("0::/\n", [Unified("/", "/a"), Unified("/", "/b")]));
}
