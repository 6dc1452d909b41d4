using System.Text;
using CsCheck;
using Meduza.Init.Supervise.Logs;

namespace Meduza.Init.Tests.Supervise.Logs;

public sealed class LogTailTests
{
    [Fact]
    public void Whatever_is_written_the_last_lines_that_fit_are_there() =>
        Gen.String[Gen.Char["abcß"], 0, 3000].Array[0, 120].Sample(texts =>
        {
            var tail = new LogTail();
            foreach (var (text, i) in texts.Select((t, i) => (t, i)))
                tail.Add(i, i % 2 == 1, i, Encoding.UTF8.GetBytes(text));

            var kept = tail.Last("a", int.MaxValue);

            Assert.Equal(texts[^kept.Count..], kept.Select(line => line.Text));
            Assert.Equal(Enumerable.Range(texts.Length - kept.Count, kept.Count).Select(i => (long)i), kept.Select(line => line.Time));
            Assert.All(kept, line => Assert.Equal(line.Time % 2 == 1 ? "err" : "out", line.Stream));
            var bytes = kept.Sum(line => Encoding.UTF8.GetByteCount(line.Text));
            Assert.True(bytes <= LogTail.MostBytes);
            if (kept.Count < texts.Length)
                Assert.True(bytes + Encoding.UTF8.GetByteCount(texts[^(kept.Count + 1)]) > LogTail.MostBytes);
        });

    [Fact]
    public void No_more_than_a_thousand_lines_are_kept()
    {
        var tail = new LogTail();
        for (var i = 0; i < 2500; i++)
            tail.Add(i, false, i, "x"u8);

        Assert.Equal(1500, tail.Last("a", int.MaxValue)[0].Time);
        Assert.Equal([2498, 2499], tail.Last("a", 2).Select(line => line.Time));
        Assert.Empty(tail.Last("a", 0));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_shown_as_such()
    {
        var tail = new LogTail();
        tail.Add(1, false, 0, [0xff, 0x41]);

        Assert.Equal("\ufffdA", Assert.Single(tail.Last("a", 1)).Text);
    }
}
