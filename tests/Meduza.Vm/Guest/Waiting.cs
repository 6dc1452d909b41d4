namespace Meduza.Vm.Guest;

/// <summary>Waiting in a machine whose processor is emulated by a busy one.</summary>
internal static class Waiting
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private const int Pause = 100;

    /// <exception cref="TimeoutException">It did not come to be in two minutes.</exception>
    public static void Until(Func<bool> condition, string what, Func<string>? otherwise = null)
    {
        for (var end = Environment.TickCount64 + (long)Limit.TotalMilliseconds; !condition(); Thread.Sleep(Pause))
        {
            if (Environment.TickCount64 > end)
                throw new TimeoutException($"{what} did not come to be in {Limit}: {otherwise?.Invoke()}");
        }
    }
}
