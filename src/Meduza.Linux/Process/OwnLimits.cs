using System.Globalization;
using static Meduza.Linux.Process.Native.ExecHeader;

namespace Meduza.Linux.Process;

/// <summary>Limits of this process.</summary>
public static unsafe class OwnLimits
{
    /// <summary>Raises the soft limit of open files to the hard one (setrlimit(2)).</summary>
    /// <returns>What the soft limit was before, for the children; null when it is as it was.</returns>
    public static int? RaiseOpenFiles()
    {
        LimitPair limit;
        if (getrlimit(Resource.Nofile, &limit) != 0 || limit.Soft == limit.Hard)
            return null;
        var before = limit.Soft;
        limit.Soft = limit.Hard;
        return setrlimit(Resource.Nofile, &limit) == 0 ? (int)Math.Min(before, int.MaxValue) : null;
    }

    /// <summary>Sets <c>oom_score_adj</c>, -1000 (never killed) to 1000.</summary>
    /// <returns>False when that is not allowed.</returns>
    public static bool TrySetOomScore(int score)
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", score.ToString(CultureInfo.InvariantCulture));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
