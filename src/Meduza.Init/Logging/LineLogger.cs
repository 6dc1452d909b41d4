using System.Text;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Logging;

/// <summary>
/// Logging to a descriptor, a line an entry: <c>warning: text</c>. The console provider would cost a megabyte, a thread,
/// and (as PID 1) exit statuses. Time and name are added by PID 1, which reads the agent's lines like those of any other.
/// </summary>
internal sealed class LineLoggerProvider(Stream output, LogLevel lowest) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this);

    public void Dispose() => output.Dispose();

    private void Write(LogLevel level, string text)
    {
        var line = Encoding.UTF8.GetBytes($"{Name(level)}: {text.ReplaceLineEndings(" ")}\n");
        lock (_lock)
        {
            try
            {
                output.Write(line);
                output.Flush();
            }
            catch (IOException)
            {
                // Nobody reads any more: what is logged has nowhere to go, and work goes on.
            }
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Information => "info",
        _ => "debug",
    };

    private sealed class LineLogger(LineLoggerProvider provider) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= provider.Lowest && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                provider.Write(logLevel, formatter(state, exception));
        }
    }

    private LogLevel Lowest => lowest;
}
