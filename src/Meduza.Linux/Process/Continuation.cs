using System.Globalization;
using Meduza.Linux.Process.Native;

namespace Meduza.Linux.Process;

/// <summary>Why an image of a process was executed.</summary>
public enum ContinuationKind
{
    /// <summary>It was asked for.</summary>
    Planned,

    /// <summary>The image before it had a fault.</summary>
    Fault,

    /// <summary>It is another program than the one before.</summary>
    NewProgram,

    /// <summary>The program before it had a fault before it had proved itself, so this is the one before that.</summary>
    BackToPrevious,
}

/// <summary>What an image of a process that goes on in place was told by the one before.</summary>
/// <param name="Kind">Why it was executed.</param>
/// <param name="State">Descriptor of the file with what the process knew.</param>
/// <param name="Binary">Descriptor of its program.</param>
/// <param name="Previous">Descriptor of the program before, until this one has proved itself; -1 for none.</param>
/// <param name="Faults">Faults survived since the process was made.</param>
/// <param name="Cause">Of the last of them, in words; empty for none.</param>
public sealed record ContinuationMark(ContinuationKind Kind, int State, int Binary, int Previous, long Faults, string Cause);

/// <summary>
/// A process that goes on in place: it executes a program anew, by descriptor, and keeps its pid, its children and its
/// open files. Asked to, or after a fault of any kind: an exception that nobody caught, a signal that a fault raised,
/// a broken runtime. What runs after a fault is no managed code, see <c>continuation.c</c>.
/// </summary>
public static unsafe class Continuation
{
    /// <summary>The variable of the environment by which an image is told.</summary>
    public const string Variable = "MEDUZA_CONTINUATION";

    /// <summary>What this image was told; null for the first image of a process.</summary>
    public static ContinuationMark? Find() => Parse(Environment.GetEnvironmentVariable(Variable));

    /// <summary>From now on this process goes on after a fault, with all descriptors that it has then.</summary>
    /// <param name="state">Descriptor of the file with what is to be known afterwards; of whatever lies there by then.</param>
    /// <param name="binary">Of the program.</param>
    /// <param name="environment">Its environment, <c>NAME=value</c> each.</param>
    /// <exception cref="LinuxException">No memory.</exception>
    public static void Arm(Descriptor state, Descriptor binary, IReadOnlyList<string> environment)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(binary);
        using var envp = new NativeTextArray(environment);
        if (ContinuationC.continuation_arm(state.Number, binary.Number, envp.Pointer) is var error and not 0)
            throw new LinuxException("malloc", Variable, error);
    }

    /// <summary>From now on a fault, and the end of the program, is the end of the process.</summary>
    public static void Disarm() => ContinuationC.continuation_disarm();

    /// <summary>Executes this program, or another, now. Returns only when that failed: then all is as it was.</summary>
    /// <param name="binary">Of the program.</param>
    /// <param name="isNew">True for another program: it has to prove itself, until then a fault goes back to this one.</param>
    public static LinuxException Execute(Descriptor binary, bool isNew)
    {
        ArgumentNullException.ThrowIfNull(binary);
        return new("execveat", "", ContinuationC.continuation_execute(binary.Number, isNew ? 1 : 0));
    }

    /// <summary>Goes on after a fault that managed code has seen. Returns only where none is survived: not armed.</summary>
    public static void Fault(string cause)
    {
        fixed (byte* text = NativeText.Terminated((cause ?? "").Replace('\0', ' ')))
            ContinuationC.continuation_fault(text);
    }

    /// <summary>This program has proved itself: a fault no longer goes back to the one before.</summary>
    public static void Prove() => ContinuationC.continuation_prove();

    internal static ContinuationMark? Parse(string? text)
    {
        // kind state binary previous faults recent since cause
        if (text?.Split(' ', 8) is not { Length: 8 } fields)
            return null;
        Span<long> numbers = stackalloc long[7];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!long.TryParse(fields[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i]))
                return null;
        }
        return new((ContinuationKind)numbers[0], (int)numbers[1], (int)numbers[2], (int)numbers[3], numbers[4], fields[7]);
    }
}
