using System.Buffers;
using System.Text;
using Meduza.Init.Control;
using Meduza.Linux.Events;

namespace Meduza.Init.Supervise.Logs;

/// <summary>The logs of all services, and PID 1's own under the name <see cref="OwnName"/>.</summary>
/// <param name="folder">Where the files lie: <c>/var/log</c>.</param>
internal sealed partial class Logs(string folder, EventLoop loop, ConsoleOutput console) : IDisposable
{
    public const string OwnName = "meduza-init";

    private readonly Dictionary<string, ServiceLog> _logs = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _fileLines = new(1 << 14);
    private readonly LogTail _own = new();
    private readonly LogFile _ownFile = new(Path.Combine(folder, $"{OwnName}.out.log"));
    private int _fileLineCount;
    private long _now;
    private long _number;

    public string Folder { get; } = folder;

    /// <summary>One buffer for all pipes: there is one thread, and what it read is dealt with before it reads again.</summary>
    internal byte[] ReadBuffer { get; } = new byte[1 << 14];

    /// <summary>Called for each new line, while somebody follows.</summary>
    public event Action<LogLine>? Line;

    /// <summary>The log of a service, opened when it has none yet.</summary>
    /// <param name="pipes">Those that an earlier image of PID 1 made for it.</param>
    /// <exception cref="Linux.LinuxException">No descriptor is left.</exception>
    public ServiceLog Open(string service, ServicePipes? pipes = null)
    {
        if (!_logs.TryGetValue(service, out var log))
            _logs.Add(service, log = new ServiceLog(service, this, loop, pipes));
        return log;
    }

    public bool Has(string service) => _logs.ContainsKey(service);

    /// <summary>Closes the log of a service that was removed; its files stay.</summary>
    public void Close(string service)
    {
        if (_logs.Remove(service, out var log))
            log.Dispose();
    }

    /// <summary>The last lines of a service.</summary>
    /// <returns>Null when no such service has a log.</returns>
    public List<LogLine>? Last(string service, int count) =>
        service == OwnName ? _own.Last(OwnName, count) : _logs.GetValueOrDefault(service)?.Tail.Last(service, count);

    /// <summary>Lines that are missing in a service's files, since they could not be written.</summary>
    public long Lost(string service) => _logs.GetValueOrDefault(service)?.Lost ?? 0;

    /// <summary>Names of all logs.</summary>
    public IEnumerable<string> Names => [OwnName, .. _logs.Keys];

    /// <summary>Closes every file; each is opened anew by name with its next line.</summary>
    public void Reopen()
    {
        _ownFile.Close();
        foreach (var log in _logs.Values)
            log.Reopen();
    }

    /// <summary>A line of PID 1's own.</summary>
    public void Say(string text)
    {
        var line = Encoding.UTF8.GetBytes(text.ReplaceLineEndings(" "));
        if (line.Length > LineAssembler.LongestLine)
            line = line[..LineAssembler.LongestLine];
        Stamp();
        Keep(_own, OwnName, false, "meduza-init: "u8, line);
        Flush(_ownFile);
    }

    public void Dispose()
    {
        foreach (var log in _logs.Values)
            log.Dispose();
        _ownFile.Dispose();
    }

    internal void Take(ServiceLog log, bool error, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> line)
    {
        if (_fileLineCount == 0)
            Stamp();
        Keep(log.Tail, log.Name, error, prefix, line);
    }

    /// <summary>Writes the lines taken since the last time, to the file that they belong to and to the console.</summary>
    internal void Flush(LogFile file)
    {
        if (_fileLineCount == 0)
            return;
        file.Write(_fileLines.WrittenSpan, _fileLineCount);
        _fileLines.ResetWrittenCount();
        _fileLineCount = 0;
        console.Flush();
        if (file.TakeNews() is { } news)
            Say(news);
    }

    /// <summary>
    /// Numbers come from the monotonic clock, so that they go up from one image of PID 1 to the next also where the first
    /// had no chance to say how far it was.
    /// </summary>
    private void Stamp()
    {
        _now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        _number = Math.Max(_number, System.Diagnostics.Stopwatch.GetTimestamp());
    }

    private void Keep(LogTail tail, string name, bool error, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> line)
    {
        tail.Add(++_number, error, _now, line);
        _fileLines.Write(line);
        _fileLines.Write("\n"u8);
        _fileLineCount++;
        var level = LineLevel.Word(line, out var text);
        console.Add(prefix, level, text);
        Line?.Invoke(new(name, error ? "err" : "out", _now, Encoding.UTF8.GetString(line)) { Number = _number });
    }
}
