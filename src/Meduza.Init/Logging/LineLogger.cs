using System.Text;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Logging;

/// <summary>
/// Logging to a descriptor, a line an entry: <c>warning: text</c>. The console provider would cost a megabyte, a thread,
/// and (as PID 1) exit statuses; a factory, a third of one for the name of a category that no line shows. Time and name
/// are added by PID 1, which reads the agent's lines like those of any other.
/// </summary>
internal sealed class LineLogger(Stream output, LogLevel lowest) : ILogger
{
    private readonly Lock _lock = new();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= lowest && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var line = Encoding.UTF8.GetBytes($"{Name(logLevel)}: {formatter(state, exception).ReplaceLineEndings(" ")}\n");
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
}
