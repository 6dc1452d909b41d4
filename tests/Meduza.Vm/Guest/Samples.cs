using System.Diagnostics;

namespace Meduza.Vm.Guest;

/// <summary>How long the same thing took, several times.</summary>
internal sealed class Samples
{
    private readonly List<double> _milliseconds = [];

    public double Median => _milliseconds.Order().ElementAt(_milliseconds.Count / 2);

    public T Time<T>(Func<T> action)
    {
        var begun = Stopwatch.GetTimestamp();
        var result = action();
        _milliseconds.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        return result;
    }

    public void Time(Action action) => Time(() =>
    {
        action();
        return 0;
    });
}
