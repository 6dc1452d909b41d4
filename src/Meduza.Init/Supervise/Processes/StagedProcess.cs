using System.Globalization;
using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Continuation;
using Meduza.Init.Supervise.Logs;
using Meduza.Linux;
using Meduza.Linux.Events;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Processes;

/// <summary>
/// One process of a service. First it is the exec stage, whose report pipe says how that ended: a word and the end of
/// the pipe when the program runs, a failure otherwise, and the end without a word when the stage itself died.
/// </summary>
internal sealed unsafe class StagedProcess : IProcess
{
    private readonly string _service;
    private readonly Strays _strays;
    private readonly ServiceCgroups _cgroups;
    private readonly Descriptor _report;
    private readonly Watch? _watch;
    private readonly ServiceLog _log;
    private readonly Action _executed;
    private readonly IDisposable? _voice;
    private readonly Action<string> _warn;
    private readonly List<byte> _bytes = [];
    private bool _stageDone;
    private string? _failure;

    /// <param name="voice">By what it tells of itself, until it ends; null where it does not.</param>
    /// <param name="warn">Told what could not be done to it.</param>
    public StagedProcess(
        string service, int pid, Descriptor report, EventLoop loop, ServiceLog log, Strays strays, ServiceCgroups cgroups, Action executed,
        IDisposable? voice, Action<string> warn)
    {
        (_service, Pid, _report, _log, _executed, _voice) = (service, pid, report, log, executed, voice);
        (_strays, _cgroups, _warn) = (strays, cgroups, warn);
        if (!report.IsInvalid)
            _watch = loop.Watch(report, Ready.Read, _ => ReadReport(tell: true));
    }

    /// <summary>One that an earlier image started.</summary>
    /// <param name="report">Its report where the stage is not over; invalid otherwise.</param>
    /// <param name="voice">As for one that this image starts.</param>
    /// <param name="warn">The same.</param>
    public StagedProcess(
        string service, KeptProcess kept, Descriptor report, EventLoop loop, ServiceLog log, Strays strays, ServiceCgroups cgroups, Action executed,
        IDisposable? voice, Action<string> warn)
        : this(service, kept.Pid, report, loop, log, strays, cgroups, executed, voice, warn)
    {
        (_stageDone, _failure) = (kept.StageDone, kept.Failure);
        _bytes.AddRange(kept.Reported);
    }

    public int Pid { get; }

    public MemoryUse Memory => _cgroups.Memory(_service);

    public KeptProcess Keep() => new()
    {
        Pid = Pid,
        Report = _report.Number < 0 ? null : _report.Number,
        Reported = [.. _bytes],
        StageDone = _stageDone,
        Failure = _failure,
        Notify = (_voice as NotifyPipe)?.Number,
    };

    public void Signal(int signal)
    {
        try
        {
            Signals.Send(Pid, signal);
        }
        catch (LinuxException e)
        {
            _warn($"warning: {_service} cannot be sent {Signals.Name(signal)}: {e.Message}; a process of another user takes signals from one with CAP_KILL");
        }
    }

    public bool Takes(int signal)
    {
        // A signal that is blocked is taken by sigwait or signalfd: it does not end the process either.
        var bit = Signals.Bit(signal);
        return (Mask("SigCgt:") & bit) != 0 || (Mask("SigBlk:") & bit) != 0;
    }

    public IReadinessProbe Probe(Readiness sign) => ReadinessProbes.Create(sign, Pid);

    public void KillAll() => _strays.Kill(_service, Pid);

    public string Ended(Exit exit)
    {
        ReadReport(tell: false);
        Close();
        _voice?.Dispose();
        _log.Finish();
        if (_failure is not null)
            return _failure;
        return _stageDone ? exit.ToString() : $"{exit} before its program was executed";
    }

    private void ReadReport(bool tell)
    {
        var buffer = stackalloc byte[4096];
        long length;
        while (_report.Number >= 0 && (length = (long)read(_report.Number, buffer, 4096)) >= 0)
        {
            if (length > 0)
            {
                _bytes.AddRange(new ReadOnlySpan<byte>(buffer, (int)length));
                continue;
            }
            Close();
            Judge();
            if (tell && _stageDone && _failure is null)
                _executed();
        }
    }

    private void Judge()
    {
        ReadOnlySpan<byte> bytes = _bytes.ToArray();
        while (ExecReport.TryRead(ref bytes, out var report))
        {
            if (report.Step == ExecStep.Ready)
                _stageDone = true;
            else
                _failure = report.ToString();
        }
    }

    private void Close()
    {
        _watch?.Dispose();
        _report.Dispose();
    }

    private ulong Mask(string field)
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/{Pid}/status"))
            {
                if (line.StartsWith(field, StringComparison.Ordinal))
                    return ulong.Parse(line.AsSpan(field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // it ended
        }
        return 0;
    }
}
