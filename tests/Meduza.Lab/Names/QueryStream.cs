using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Names;

/// <summary>
/// Somebody who asks a resolver 200 questions a second, each name once and never again, and keeps when each answer came. One
/// in ten is for a name that the resolver knows itself.
/// </summary>
internal sealed class QueryStream : IDisposable
{
    public const string KnownName = "known.stream.test";

    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(5);

    private readonly Socket _socket;
    private readonly Question[] _questions = new Question[ushort.MaxValue + 1];
    private readonly Thread _asking;
    private readonly Thread _hearing;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private volatile bool _ends;
    private volatile bool _isOver;
    private volatile int _asked;
    private volatile string _latest = "";

    /// <summary>A question, and its first answer.</summary>
    internal sealed class Question(string name, TimeSpan at)
    {
        public string Name => name;

        /// <summary>When it was asked, from the beginning of the stream.</summary>
        public TimeSpan At => at;

        /// <summary>How long its answer took; null while there is none.</summary>
        public TimeSpan? Age { get; set; }

        /// <summary>The address answered, or the code.</summary>
        public string Answer { get; set; } = "";

        public override string ToString() => FormattableString.Invariant($"{Name}, asked at {At.TotalSeconds:0.000} s: {(Age is { } age ? $"{Answer} after {age.TotalMilliseconds:0} ms" : "no answer")}");
    }

    public QueryStream(NetworkNamespace from, string server)
    {
        _socket = from.Open(SocketType.Dgram, ProtocolType.Udp);
        _socket.Connect(IPAddress.Parse(server), 53);
        _asking = new Thread(Ask) { IsBackground = true, Priority = ThreadPriority.Highest };
        _hearing = new Thread(Hear) { IsBackground = true, Priority = ThreadPriority.Highest };
        _hearing.Start();
        _asking.Start();
    }

    /// <summary>The answer to the youngest question for a name that the resolver has to ask for.</summary>
    public string Latest => _latest;

    /// <summary>How long it was at most that this asked nothing for want of a processor.</summary>
    public TimeSpan WorstStall { get; private set; }

    public TimeSpan Now => _clock.Elapsed;

    /// <summary>True when all that was asked up to <paramref name="moment"/> is answered.</summary>
    public bool IsAnsweredUpTo(TimeSpan moment) => _questions.TakeWhile(question => question?.At <= moment).All(question => question.Age is not null);

    /// <summary>Asks no more, waits for what is under way, and tells of every question.</summary>
    public IReadOnlyList<Question> End()
    {
        _ends = true;
        _asking.Join();
        var until = Environment.TickCount64 + 10_000;
        while (Environment.TickCount64 < until && Array.Exists(_questions, question => question is { Age: null }))
            Thread.Sleep(20);
        return [.. _questions.Take(_asked)];
    }

    public void Dispose()
    {
        _ends = _isOver = true;
        _asking.Join();
        _hearing.Join();
        _socket.Dispose();
    }

    private void Ask()
    {
        while (!_ends && _asked < _questions.Length)
        {
            var number = _asked;
            var name = number % 10 == 9 ? KnownName : $"q{number}.stream.test";
            _questions[number] = new(name, Now);
            _asked = number + 1;
            Send(DnsMessages.Question((ushort)number, name));
            var wait = Gap * (number + 1) - Now;
            if (wait > TimeSpan.Zero)
                Thread.Sleep(wait);
            else if (-wait > WorstStall)
                WorstStall = -wait;
        }
    }

    private void Send(byte[] question)
    {
        try
        {
            _socket.Send(question);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // Of an earlier question, which stays without an answer.
            _socket.Send(question);
        }
    }

    /// <returns>How long the message is; 0 for the word that nobody is there.</returns>
    private int Receive(byte[] answer)
    {
        try
        {
            return _socket.Receive(answer);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return 0;
        }
    }

    private void Hear()
    {
        var answer = new byte[512];
        var youngest = -1;
        while (!_isOver)
        {
            var length = _socket.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead) ? Receive(answer) : 0;
            if (length < DnsMessages.HeaderLength)
                continue;
            var number = DnsMessages.Id(answer);
            var question = _questions[number];
            if (question.Age is not null)
                continue;
            var (address, code) = DnsMessages.Read(answer.AsSpan(0, length));
            question.Answer = address?.ToString() ?? $"code {code}";
            question.Age = Now - question.At;
            if (number > youngest && question.Name != KnownName)
                (youngest, _latest) = (number, question.Answer);
        }
    }
}
