using System.Globalization;
using System.Text;
using Meduza.Gateway.Plan;
using Meduza.Linux.Files;

namespace Meduza.Init.Agent.Apply;

/// <summary>
/// Which configuration each running FRR daemon has, remembered across lives of the agent without asking the daemon.
/// </summary>
/// <remarks>
/// A daemon's text changes in two ways only: it reads its file when it starts, and the agent sends it lines. So for each
/// daemon one note is kept: a text, the process that certainly has it, and the moment since which its file holds it.
/// <list type="bullet">
/// <item>The process of the note has its text.</item>
/// <item>A process that was started after the moment has read it.</item>
/// <item>Any other process may have read something else: it is uncertain.</item>
/// </list>
/// Before a file is replaced the moment is struck out, and set anew when the process has the new text too. A death of the
/// agent between two of these steps leaves a note that is right, or uncertain; never one that is wrong.
/// </remarks>
internal sealed class FrrMemory(string folder)
{
    public const string DefaultFolder = "/run/meduza/frr";
    private const long Never = long.MaxValue;

    /// <summary>What the process runs, as far as is known.</summary>
    /// <param name="daemon">Name of the daemon.</param>
    /// <param name="pid">Its process.</param>
    /// <param name="startedAt">CLOCK_MONOTONIC, nanoseconds, just before it was spawned.</param>
    public ObservedFrr Recall(string daemon, int pid, long startedAt)
    {
        if (Read(daemon) is not { } note)
            return new("", Certain: false);
        return new(note.Text, Certain: note.Pid == pid || startedAt >= note.Since);
    }

    /// <summary>The daemon's file is about to be replaced: only the process of the note is known from now on.</summary>
    public void FileWillChange(string daemon)
    {
        if (Read(daemon) is { } note)
            Write(daemon, note with { Since = Never });
    }

    /// <summary>The daemon's file holds <paramref name="text"/>: whoever starts from <paramref name="now"/> on reads it.</summary>
    /// <param name="pid">The process that has been given the text, 0 for none.</param>
    /// <param name="now">CLOCK_MONOTONIC, nanoseconds, after the file was in place.</param>
    public void FileHolds(string daemon, int pid, string text, long now) => Write(daemon, new(pid, now, text));

    /// <summary>The daemon did not take all that it was told: nobody knows what it runs.</summary>
    public void Doubt(string daemon)
    {
        if (Read(daemon) is { } note)
            Write(daemon, note with { Pid = 0, Since = Never });
    }

    private Note? Read(string daemon)
    {
        try
        {
            var content = File.ReadAllText(PathOf(daemon));
            var end = content.IndexOf('\n', StringComparison.Ordinal);
            if (end < 0 || content[..end].Split(' ') is not [var pid, var since])
                return null;
            return int.TryParse(pid, CultureInfo.InvariantCulture, out var p) && long.TryParse(since, CultureInfo.InvariantCulture, out var s)
                ? new(p, s, content[(end + 1)..])
                : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private void Write(string daemon, Note note)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var text = string.Create(CultureInfo.InvariantCulture, $"{note.Pid} {note.Since}\n{note.Text}");
        AtomicFile.Write(PathOf(daemon), Encoding.UTF8.GetBytes(text), UnixFileMode.UserRead | UnixFileMode.UserWrite, 0, 0);
    }

    private string PathOf(string daemon) => Path.Combine(folder, daemon);

    private sealed record Note(int Pid, long Since, string Text);
}
