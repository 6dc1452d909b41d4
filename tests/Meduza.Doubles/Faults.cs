namespace Meduza.Doubles;

/// <summary>
/// What goes wrong with a program, on demand: a file <c>NAME.FAULT</c> in a folder makes it so as long as it is there. What a
/// signal does (SIGSTOP, SIGKILL) is done by one.
/// </summary>
/// <param name="program">Its name.</param>
internal sealed class Faults(string program)
{
    /// <summary>It has begun, and binds nothing yet.</summary>
    public const string Hold = "hold";

    /// <summary>It keeps its ports, and answers nobody: not the API, not a name, not a connection.</summary>
    public const string Hang = "hang";

    /// <summary>It ends as a Go program does that panics.</summary>
    public const string Crash = "crash";

    /// <summary>Groups that test their members find none that works, and are on REJECT where they have it.</summary>
    public const string Reject = "reject";

    /// <summary>It refuses every configuration that it is asked about.</summary>
    public const string Refuse = "refuse";

    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    private readonly string _folder = Environment.GetEnvironmentVariable("DOUBLES_FAULTS") ?? "/var/lib/doubles";

    public bool Has(string fault) => File.Exists($"{_folder}/{program}.{fault}");

    /// <summary>Returns when the fault is over.</summary>
    public void WaitWhile(string fault)
    {
        while (Has(fault))
            Thread.Sleep(Often);
    }

    /// <summary>Ends this process when it is to crash.</summary>
    /// <param name="status">Of a Go program, where nothing else is said.</param>
    /// <param name="words">Its last.</param>
    public void WatchForCrash(int status = 2, string words = "panic: runtime error: invalid memory address or nil pointer dereference\n\ngoroutine 1 [running]:\nmain.main()") => new Thread(() =>
    {
        while (!Has(Crash))
            Thread.Sleep(Often);
        Console.Error.WriteLine(words);
        Environment.Exit(status);
    })
    { IsBackground = true }.Start();
}
