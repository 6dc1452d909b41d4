using Meduza.Init.Agent;
using Meduza.Init.Supervise;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux.Files;

namespace Meduza.Init.Tests.Supervise.Processes;

public sealed class EtcdServiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-local-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://10.0.0.1:2379")]
    [InlineData("local,https://10.0.0.1:2379")]
    public void Etcd_elsewhere_is_no_service_of_this_machine(string? endpoints) =>
        Assert.Null(EtcdService.Prepare(endpoints, warning => Assert.Fail(warning)));

    [Fact]
    public void Definition_is_one_that_pid_1_takes_and_listens_on_loopback_alone()
    {
        var definition = EtcdService.Definition("/usr/bin/etcd", "etcd");
        Assert.Null(DefinitionCheck.Problem(definition));
        Assert.All(definition.Command.Where(word => word.Contains("://", StringComparison.Ordinal)), url => Assert.Contains("//127.0.0.1:", url, StringComparison.Ordinal));
        Assert.Contains(LocalEtcd.Service, AgentService.Definition.After);
    }

    [Fact]
    public void New_folder_is_given_to_etcds_user_alone()
    {
        var path = Path.Combine(_folder, "data/etcd");
        Assert.Equal("etcd", EtcdService.MakeFolder(path, Accounts("etcd:x:4711:4712::/:/bin/false\n")));
        Assert.Equal(
            (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, 4711u, 4712u),
            FileStatus.Of(path) is { } status ? (status.Mode, status.Uid, status.Gid) : default);
    }

    [Fact]
    public void Without_such_a_user_it_is_roots()
    {
        Assert.Null(EtcdService.MakeFolder(Path.Combine(_folder, "etcd"), Accounts("root:x:0:0::/:/bin/sh\n")));
        Assert.Equal(0u, FileStatus.Of(Path.Combine(_folder, "etcd"))!.Value.Uid);
    }

    [Fact]
    public void Data_that_are_there_stay_whose_they_are()
    {
        var path = Path.Combine(_folder, "etcd");
        Directory.CreateDirectory(Path.Combine(path, "member"));
        Assert.Null(EtcdService.MakeFolder(path, Accounts("root:x:0:0::/:/bin/sh\netcd:x:4711:4712::/:/bin/false\n")));
        Assert.Equal(0u, FileStatus.Of(path)!.Value.Uid);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, FileStatus.Of(path)!.Value.Mode);
    }

    [Fact]
    public void Folder_above_that_lets_nobody_pass_is_told()
    {
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(_folder, EtcdService.Closed(_folder));
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        Assert.Null(EtcdService.Closed(_folder));
    }

    [Fact]
    public void Local_is_one_endpoint_of_this_machine_and_stands_alone()
    {
        var settings = EtcdSettings.Parse(name => name == "ETCD_ENDPOINTS" ? " local " : null, out var errors);
        Assert.Empty(errors);
        Assert.True(settings!.IsLocal);
        Assert.Equal("http://127.0.0.1:2379", Assert.Single(settings.Endpoints).ToString());

        Assert.Null(EtcdSettings.Parse(name => name == "ETCD_ENDPOINTS" ? "local,http://a:1" : null, out errors));
        Assert.Equal("ETCD_ENDPOINTS has 'local' beside others: it stands alone, for an etcd on this machine", Assert.Single(errors));
    }

    private Accounts Accounts(string passwd)
    {
        var path = Path.Combine(_folder, "passwd");
        File.WriteAllText(path, passwd);
        return Meduza.Linux.Files.Accounts.Read(path, "/dev/null");
    }
}
