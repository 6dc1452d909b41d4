using System.Diagnostics;
using System.Globalization;
using Meduza.Linux.Netlink;

namespace Meduza.Linux.Tests.Netlink.Fuzz;

/// <summary>
/// Messages that went wrong, given to every parser: none crashes, reads past the end (the memory ends there), or makes
/// more of a message than there is in it. <c>MEDUZA_FUZZ_MESSAGES</c> says how many, <c>MEDUZA_FUZZ_SEED</c> which.
/// </summary>
public class NetlinkFuzzTests(ITestOutputHelper output)
{
    private const int LongestMessage = 2 * 4096;

    // What a parser may allocate for a byte that it reads, and for a message at all. Deep nesting reads bytes again.
    private const long BytesPerByte = 256, BytesPerMessage = 16 << 10;

    [Fact]
    public void Every_parser_is_tried() => Assert.Superset(
        new HashSet<string>
        {
            "AcpiEvents.TryParse", "AcpiEvents.TryParseGroup", "AddressMessages.TryParse", "GenericFamily.TryParse", "IpSetMessages.TryParseIndex", "IpSetMessages.TryParseList",
            "LinkMessages.TryParse", "RouteMessages.TryParse", "RuleMessages.TryParse", "TableMessages.TryParseChain",
            "TableMessages.TryParseChange", "TableMessages.TryParseGeneration", "TableMessages.TryParseRule",
            "TableMessages.TryParseTable", "WireGuardMessages.TryParse",
        },
        MessageParsers.All.Select(parser => parser.Name).ToHashSet());

    // Otherwise the mutations begin with what no parser reads further.
    [Fact]
    public void Every_parser_takes_something_of_the_corpus()
    {
        if (Environment.GetEnvironmentVariable("MEDUZA_FUZZ_CORPUS") is { Length: > 0 } file)
            Corpus.Write(file);
        foreach (var (name, parse) in MessageParsers.All)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var bytes in Corpus.Messages)
            {
                var reader = new MessageReader(bytes);
                Assert.True(reader.TryRead(out var message));
                parse(message);
            }
            // A generation, a number and a family are no objects; everything else that is parsed is one, or text.
            if (name is not ("TableMessages.TryParseGeneration" or "IpSetMessages.TryParseIndex" or "GenericFamily.TryParse"))
                Assert.True(GC.GetAllocatedBytesForCurrentThread() > before, $"{name} takes nothing of the corpus");
        }
    }

    [Fact]
    public void Mutated_messages_are_read_or_refused()
    {
        var count = Number("MEDUZA_FUZZ_MESSAGES", 300_000);
        var seed = Number("MEDUZA_FUZZ_SEED", 1);
        output.WriteLine($"{count} messages, seed {seed}, {MessageParsers.All.Count} parsers");

        var mutation = new Mutation(seed);
        using var memory = new GuardedBuffer(2);
        var buffer = new byte[LongestMessage];
        var (slowest, messages) = (TimeSpan.Zero, 0L);
        for (var i = 0; i < count; i++)
        {
            var length = mutation.Next(Corpus.Messages, buffer);
            var started = Stopwatch.GetTimestamp();
            messages += Read(memory.Put(buffer.AsSpan(0, length)), seed, i);
            var took = Stopwatch.GetElapsedTime(started);
            slowest = took > slowest ? took : slowest;
        }
        output.WriteLine($"{messages} messages read, the slowest in {slowest.TotalMilliseconds:0.0} ms");
        Assert.True(messages > count / 2, $"only {messages} of {count} were messages at all");
    }

    private static int Read(ReadOnlySpan<byte> datagram, int seed, int number)
    {
        var reader = new MessageReader(datagram);
        var messages = 0;
        while (reader.TryRead(out var message))
        {
            Assert.True(++messages <= datagram.Length / 16, $"message {number} of seed {seed}: more messages than fit");
            foreach (var (name, parse) in MessageParsers.All)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    parse(message);
                }
                catch (Exception e)
                {
                    Assert.Fail($"message {number} of seed {seed}: {name} fails: {e}\n{Convert.ToHexStringLower(datagram)}");
                }
                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(
                    allocated <= BytesPerMessage + BytesPerByte * datagram.Length,
                    $"message {number} of seed {seed}: {name} allocates {allocated} bytes for {datagram.Length}\n{Convert.ToHexStringLower(datagram)}");
            }
            _ = ExtendedAck.Failure(message, "call", "subject");
        }
        return messages;
    }

    private static int Number(string variable, int fallback) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
