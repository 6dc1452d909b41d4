using System.Text;
using System.Text.Json;
using Meduza.Gateway.Model;
using Meduza.Init.Agent.Store;
using Meduza.Init.Cli;

namespace Meduza.Init.Tests.Cli;

/// <summary><c>meduza rollback</c> before it comes to the machine; what it does there is tested in the lab.</summary>
public sealed class RollbackVerbTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("meduza-snapshots-").FullName;
    private readonly SnapshotFolder _folder;

    public RollbackVerbTests() => _folder = new(_place);

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public async Task Those_that_are_kept_are_listed_from_the_one_in_force_on()
    {
        Applied(1, 2, 3);
        Damage(2);
        _folder.KeepInForce(Mark(3), Keys(3));

        var result = await RunAsync("--list");

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(
            $"""
            BACK  COMMIT  REVISION  APPLIED  NOTE
            0     "c3"    3         0s ago   in force
            1                       0s ago   {_place}/applied-0000000002 cannot be used: its checksum is wrong: it is damaged
            2     "c1"    1         0s ago

            """, result.Output);
    }

    [Fact]
    public async Task One_that_this_node_went_back_from_is_no_step_back()
    {
        Applied(1, 2, 3);
        _folder.KeepInForce(Mark(2), Keys(2));

        using var document = JsonDocument.Parse((await RunAsync("--list", "--json")).Output);
        Assert.Equal([null, 0, 1], document.RootElement.GetProperty("applied").EnumerateArray()
            .Select(row => row.TryGetProperty("back", out var back) ? back.GetInt32() : (int?)null));
    }

    [Fact]
    public async Task One_in_force_that_was_never_applied_whole_goes_back_to_the_last_that_was()
    {
        Applied(1, 2);
        _folder.KeepInForce(Mark(3), Keys(3));

        Assert.Contains("1     \"c2\"", (await RunAsync("--list")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "no commit that was applied before is kept here: there is nothing to go back to")]
    [InlineData(2, "only one commit that was applied before is kept here: see `meduza rollback --list`")]
    [InlineData(3, "only 2 commits that were applied before are kept here: see `meduza rollback --list`")]
    public async Task Further_back_than_there_is_anything_is_refused(int kept, string error)
    {
        Applied([.. Enumerable.Range(1, kept)]);
        _folder.KeepInForce(Mark(kept), Keys(kept));

        var result = await RunAsync("7");

        Assert.Equal((1, $"meduza: {error}\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task One_that_cannot_be_read_is_refused_with_its_reason()
    {
        Applied(1, 2);
        Damage(1);
        _folder.KeepInForce(Mark(2), Keys(2));

        var result = await RunAsync();

        Assert.Equal(1, result.Code);
        Assert.Equal(
            $"meduza: nothing is touched: {_place}/applied-0000000001 cannot be used: its checksum is wrong: it is damaged: see `meduza rollback --list` for others\n", result.Error);
    }

    [Fact]
    public async Task Before_the_first_commit_there_is_nothing() => Assert.Equal("no commit was applied here yet\n", (await RunAsync("--list")).Output);

    private async Task<FakePid1.Result> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var session = new Session(output, error, Colour: false, "/nowhere", "/nowhere", FakePid1.Clock())
        {
            SnapshotFolder = _place,
            Variable = name => name switch
            {
                "NODE_ID" => "gw1",
                "ETCD_ENDPOINTS" => "http://127.0.0.1:1",
                _ => null,
            },
        };
        var code = await CommandLine.RunAsync(["rollback", .. arguments], session, TestContext.Current.CancellationToken);
        return new(code, output.ToString(), error.ToString());
    }

    private void Applied(params int[] commits)
    {
        foreach (var commit in commits)
        {
            _folder.KeepApplied(Mark(commit), Keys(commit), mayBeKept: true);
            File.SetLastWriteTimeUtc(FileOf(commit), FakePid1.Now.UtcDateTime);
        }
    }

    private void Damage(int commit)
    {
        var content = File.ReadAllBytes(FileOf(commit));
        content[^1] ^= 1;
        File.WriteAllBytes(FileOf(commit), content);
        File.SetLastWriteTimeUtc(FileOf(commit), FakePid1.Now.UtcDateTime);
    }

    private string FileOf(int commit) => $"{_place}/applied-{commit:D10}";

    private static CommitMark Mark(int commit) => new($"c{commit}", commit);

    private static Snapshot Keys(int commit) => new(commit, KeySpace.Empty.SetItem("/nodes/gw1/lan", Encoding.UTF8.GetBytes($"10.{commit}.0.0/24")));
}
