using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Process;

public sealed class ExecReportTests
{
    [Theory]
    [InlineData(ExecStep.User, 0, "frr", "user \"frr\" does not exist: install the program's package, or add the user")]
    [InlineData(ExecStep.User, 1, "frr", "cannot become user \"frr\": Operation not permitted")]
    [InlineData(ExecStep.Execute, 2, "/usr/sbin/x", "/usr/sbin/x: no such file")]
    [InlineData(ExecStep.Execute, 2, "/bin/sh", "/bin/sh: its interpreter does not exist")]
    [InlineData(ExecStep.Execute, 13, "/etc/passwd", "/etc/passwd: permission denied")]
    [InlineData(ExecStep.Execute, 8, "/x", "/x: no program, or one for another machine than this")]
    [InlineData(ExecStep.WorkingFolder, 2, "/nowhere", "working folder /nowhere: no such folder")]
    [InlineData(ExecStep.Group, 0, "frrvty", "group \"frrvty\" does not exist: install the program's package, or add the group")]
    [InlineData(ExecStep.Groups, 1, "frr", "cannot take the groups of \"frr\": Operation not permitted")]
    [InlineData(ExecStep.Accounts, 13, "/etc/passwd", "/etc/passwd: permission denied")]
    [InlineData(ExecStep.Capability, 0, "CAP_SYS_ADMIN", "capability CAP_SYS_ADMIN is not PID 1's to give: grant it to this container")]
    [InlineData(ExecStep.Capability, 1, "CAP_CHOWN", "capability CAP_CHOWN: Operation not permitted")]
    [InlineData(ExecStep.Cgroup, 16, "/sys/fs/cgroup/a.service", "cgroup /sys/fs/cgroup/a.service: Device or resource busy")]
    [InlineData(ExecStep.CgroupSetting, 22, "memory.max=1", "cgroup limit memory.max=1: Invalid argument")]
    [InlineData(ExecStep.NetworkNamespace, 2, "/run/netns/x", "network namespace /run/netns/x: no such file")]
    [InlineData(ExecStep.NetworkNamespace, 22, "/etc/passwd", "network namespace /etc/passwd: not a network namespace")]
    [InlineData(ExecStep.Limit, 1, "nofile 9:9", "limit nofile 9:9: above PID 1's own, and it may not raise that: grant CAP_SYS_RESOURCE to this container")]
    [InlineData(ExecStep.Nice, 13, "-20", "nice -20: permission denied")]
    [InlineData(ExecStep.OomScore, 13, "-900", "oom_score_adj -900: permission denied")]
    [InlineData(ExecStep.Execute, 11, "/x", "/x: its user has as many processes as limit nproc lets it")]
    public void A_failure_is_told_in_words(ExecStep step, int errno, string subject, string words) =>
        Assert.Equal(words, new ExecReport(step, errno, subject).ToString());

    [Fact]
    public void Reports_are_read_back_one_after_the_other_and_never_in_part()
    {
        Span<byte> bytes = stackalloc byte[8192];
        ExecReport[] reports = [new(ExecStep.Ready, 0, ""), new(ExecStep.Execute, 2, "/ö")];
        var length = reports[0].Write(bytes);
        length += reports[1].Write(bytes[length..]);

        for (var cut = 0; cut <= length; cut++)
        {
            ReadOnlySpan<byte> rest = bytes[..cut];
            var read = new List<ExecReport>();
            while (ExecReport.TryRead(ref rest, out var report))
                read.Add(report);
            Assert.Equal(reports[..(cut == length ? 2 : cut >= 7 ? 1 : 0)], read);
        }
    }

    [Fact]
    public void A_report_fits_into_a_pipe_s_atomic_write_whatever_it_is_about()
    {
        Span<byte> bytes = stackalloc byte[4096];

        Assert.InRange(new ExecReport(ExecStep.Execute, 2, new string('ö', 100_000)).Write(bytes), 1, 4096);
    }
}
