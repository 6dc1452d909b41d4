using System.Text;
using Meduza.Gateway.Model;
using Meduza.Init.Agent.Store;

namespace Meduza.Init.Tests.Agent.Store;

public sealed class FollowedKeysTests
{
    private readonly FollowedKeys _keys = new(key => key.StartsWith("/nodes/", StringComparison.Ordinal));

    [Fact]
    public void A_commit_has_the_keys_as_they_stood_at_it()
    {
        _keys.Begin(Read(10, ("/nodes/a", "1"), ("/nodes/b", "1")));

        _keys.Take([Put(11, "/nodes/a", "2"), Delete(12, "/nodes/b"), Put(13, "/nodes/c", "1"), Put(14, "/commit", "x"), Put(15, "/nodes/a", "later")]);

        Assert.Equal("/nodes/a=2 /nodes/c=1", Text(At(14)));
        Assert.Null(At(13));
        _keys.Take([Put(16, "/commit", "y")]);
        Assert.Equal("/nodes/a=later /nodes/c=1", Text(At(16)));
        Assert.Null(At(14));
    }

    [Fact]
    public void What_came_before_the_keys_were_read_is_added_to_them_unless_they_have_it()
    {
        _keys.Collect();
        _keys.Take([Put(11, "/nodes/a", "old"), Put(12, "/commit", "x"), Put(13, "/nodes/a", "new"), Put(14, "/commit", "y")]);
        Assert.Null(At(14));

        _keys.Begin(Read(12, ("/nodes/a", "as read")));

        Assert.Equal("/nodes/a=new", Text(At(14)));
    }

    [Fact]
    public void What_is_told_later_than_it_was_read_changes_nothing()
    {
        _keys.Begin(Read(20, ("/nodes/a", "as read")));

        _keys.Take([Put(18, "/nodes/a", "old"), Put(18, "/nodes/gone", "deleted before it was read"), Put(19, "/commit", "x")]);

        Assert.Null(At(19));
        _keys.Take([Put(20, "/nodes/a", "as read"), Put(21, "/commit", "y")]);
        Assert.Equal("/nodes/a=as read", Text(At(21)));
    }

    [Fact]
    public void Events_that_nobody_asked_for_are_not_kept()
    {
        _keys.Take([Put(11, "/nodes/a", "1"), Put(12, "/commit", "x")]);

        _keys.Begin(Read(10));

        Assert.Null(At(12));
    }

    [Fact]
    public void Stopped_it_knows_no_commit()
    {
        _keys.Begin(Read(10));
        _keys.Take([Put(11, "/commit", "x")]);

        _keys.Stop();

        Assert.Null(At(11));
        _keys.Take([Put(12, "/commit", "y")]);
        Assert.Null(At(12));
    }

    [Fact]
    public void A_commit_in_the_transaction_of_its_keys_has_all_of_them()
    {
        _keys.Begin(Read(10));

        _keys.Take([Put(11, "/commit", "x"), Put(11, "/nodes/a", "1")]);

        Assert.Equal("/nodes/a=1", Text(At(11)));
    }

    [Fact]
    public void What_nobody_wants_is_not_kept()
    {
        _keys.Begin(Read(10));

        _keys.Take([Put(11, "/dns/hosts/a", "10.0.0.1"), Put(12, "/commit", "x")]);

        Assert.Empty(At(12)!.Keys);
    }

    [Fact]
    public void Begun_anew_it_knows_no_commit_of_before()
    {
        _keys.Begin(Read(10));
        _keys.Take([Put(11, "/commit", "x")]);

        _keys.Collect();

        Assert.Null(At(11));
        _keys.Begin(Read(20, ("/nodes/a", "1")));
        _keys.Take([Put(21, "/commit", "y")]);
        Assert.Equal("/nodes/a=1", Text(At(21)));
    }

    private static Snapshot Read(long revision, params (string Key, string Value)[] keys) =>
        Snapshot.Empty with { Revision = revision, Keys = KeySpace.Empty.SetItems(keys.Select(pair => KeyValuePair.Create(pair.Key, Bytes(pair.Value)))) };

    private static KeyChange Put(long revision, string key, string value) => new(key, Bytes(value), revision);

    private static KeyChange Delete(long revision, string key) => new(key, null, revision);

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private Snapshot? At(long revision) => _keys.At(new("whatever", revision));

    private static string Text(Snapshot? snapshot) => string.Join(' ', snapshot!.Keys.Select(pair => $"{pair.Key}={Encoding.UTF8.GetString(pair.Value.Span)}"));
}
