using System.Text;
using Meduza.Gateway.Model;
using Meduza.Init.Agent.Store;

namespace Meduza.Init.Tests.Agent.Store;

public sealed class SnapshotFileTests
{
    private static readonly CommitMark Mark = new("änderung 7\n", 41);

    private static readonly Snapshot Keys = new(41, KeySpace.Empty.SetItem("/global/mesh_type", Encoding.UTF8.GetBytes("tinc"))
        .SetItem("/nodes/gw1/lan", ReadOnlyMemory<byte>.Empty)
        .SetItem("/nodes/gw1/odd", new byte[] { 0, 0xff, 0xfe, (byte)'\n' }));

    [Fact]
    public void What_is_written_is_what_is_read()
    {
        var (mark, keys) = SnapshotFile.Read(SnapshotFile.Write(Mark, Keys));

        Assert.Equal(Mark, mark);
        Assert.Equal(Keys.Revision, keys.Revision);
        Assert.Equal(Texts(Keys), Texts(keys));
    }

    [Fact]
    public void No_commit_and_no_keys_are_kept_as_such()
    {
        var (mark, keys) = SnapshotFile.Read(SnapshotFile.Write(CommitMark.None, Snapshot.Empty));

        Assert.Equal(CommitMark.None, mark);
        Assert.Empty(keys.Keys);
    }

    [Fact]
    public void A_note_is_no_key()
    {
        var kept = SnapshotFile.Read(SnapshotFile.Write(Mark, Keys, "remember"u8.ToArray()));

        Assert.Equal("remember", Encoding.UTF8.GetString(kept.Note.Span));
        Assert.Equal((Mark, true), (kept.Mark, kept.HasKeysOf(new(Mark, Keys))));
        Assert.True(SnapshotFile.Read(SnapshotFile.Write(Mark, Keys)).Note.IsEmpty);
    }

    [Fact]
    public void The_same_commit_is_the_same_bytes() => Assert.Equal(SnapshotFile.Write(Mark, Keys), SnapshotFile.Write(Mark, Keys));

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_refused()
    {
        var file = SnapshotFile.Write(Mark, Keys);
        for (var length = 0; length < file.Length; length++)
            Assert.Throws<InvalidDataException>(() => SnapshotFile.Read(file.AsSpan(0, length)));
    }

    [Fact]
    public void A_file_with_any_bit_turned_is_refused()
    {
        var file = SnapshotFile.Write(Mark, Keys);
        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            file[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Throws<InvalidDataException>(() => SnapshotFile.Read(file));
            file[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public void A_file_of_another_version_says_so()
    {
        var file = SnapshotFile.Write(Mark, Keys);
        file[7] = 9;
        var refusal = Assert.Throws<InvalidDataException>(() => SnapshotFile.Read(file));
        Assert.Equal("it is of version 9, and this program knows version 1", refusal.Message);
    }

    private static IEnumerable<string> Texts(Snapshot snapshot) => snapshot.Keys.Select(key => $"{key.Key}={Convert.ToHexString(key.Value.Span)}");
}
