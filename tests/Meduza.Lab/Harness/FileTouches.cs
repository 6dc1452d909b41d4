namespace Meduza.Lab.Harness;

/// <summary>
/// What is written where a gateway writes, from a moment on: files and folders whose change time is later, which
/// no write, rename, removal or change of mode escapes. Logs aside.
/// </summary>
public sealed class FileTouches
{
    private readonly PidOne _init;
    private readonly string _moment;

    public FileTouches(PidOne init)
    {
        _init = init ?? throw new ArgumentNullException(nameof(init));
        // overlayfs itself tidies a folder up when it is first read.
        _moment = "@0";
        Paths();
        // The kernel stamps files with its coarse clock, a tick behind: wait until a stamp is past what came before.
        Thread.Sleep(20);
        Must.Run(init.Inside("touch", "/run/lab-moment"));
        _moment = Must.Run(init.Inside("stat", "-c", "%z", "/run/lab-moment")).Trim();
        Thread.Sleep(20);
    }

    /// <summary>Their paths, sorted.</summary>
    public IReadOnlyList<string> Paths() =>
    [
        .. Must.Run(_init.Inside("find", "/etc", "/var", "/run", "/tmp", "-xdev", "-newerct", _moment, "-not", "-path", "/var/log/*", "-not", "-path", "/run/lab-moment"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Order(StringComparer.Ordinal),
    ];
}
