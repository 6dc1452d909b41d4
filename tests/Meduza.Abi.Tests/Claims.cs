using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Meduza.Linux.Abi;

namespace Meduza.Abi.Tests;

/// <summary>
/// All that Meduza.Linux claims about C: each constant of a class or enum with a <see cref="CHeaderAttribute"/>, and the
/// layout of each struct with a <see cref="CStructAttribute"/>. Constants spelled as C spells them, in a class without
/// the attribute, are claims about <see cref="LibcHeaders"/>.
/// </summary>
internal static partial class Claims
{
    /// <summary>Headers of libc that do not contradict each other; what a class without the attribute is proved by.</summary>
    public const string LibcHeaders =
        "errno.h fcntl.h linux/capability.h linux/close_range.h linux/securebits.h poll.h sched.h signal.h spawn.h sys/epoll.h"
        + " sys/eventfd.h sys/ioctl.h sys/mount.h sys/prctl.h sys/reboot.h sys/resource.h sys/signalfd.h sys/socket.h sys/stat.h"
        + " sys/timerfd.h sys/un.h sys/wait.h unistd.h";

    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<Type> Types { get; } = typeof(CHeaderAttribute).Assembly.GetTypes();

    public static IEnumerable<Claim> Of(IEnumerable<Type> types) => types.SelectMany(type => Constants(type).Concat(Layout(type)));

    /// <summary>
    /// Structs of ours that are there for C: those that a function of C is given by reference, and every one of plain
    /// public fields that can be written, since none of our own data is like that.
    /// </summary>
    public static IEnumerable<Type> StructsForC => Types
        .SelectMany(type => type.GetMethods(All))
        .Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
        .SelectMany(method => method.GetParameters())
        .Select(parameter => parameter.ParameterType)
        .Where(type => type.HasElementType)
        .Select(type => type.GetElementType()!)
        .Where(type => type is { IsValueType: true, IsPrimitive: false } && Types.Contains(type))
        .Concat(Types.Where(type => type is { IsValueType: true, IsEnum: false, IsByRefLike: false }
            && type.GetFields(BindingFlags.Instance | BindingFlags.Public) is { Length: > 0 } fields
            && fields.All(f => !f.IsInitOnly && f.FieldType.IsPrimitive)))
        .Distinct();

    private static IEnumerable<Claim> Constants(Type type)
    {
        var header = type.GetCustomAttribute<CHeaderAttribute>()?.Header;
        foreach (var field in type.GetFields(All).Where(f => f.IsLiteral))
        {
            var name = field.GetCustomAttribute<CNameAttribute>()?.Name;
            if (header is null && name is null && !SpelledAsInC().IsMatch(field.Name))
                continue;
            if (field.GetRawConstantValue() is not IConvertible value || value is string)
                continue;
            yield return new Claim(
                header ?? LibcHeaders, $"{type.Name}.{field.Name}", name ?? field.Name, Number(value));
        }
    }

    private static IEnumerable<Claim> Layout(Type type)
    {
        if (type.GetCustomAttribute<CStructAttribute>() is not { } c)
            yield break;
        if (c.Whole)
            yield return new Claim(c.Header, $"size of {type.Name}", $"sizeof({c.Type})", SizeOf(type));
        foreach (var field in type.GetFields(All).Where(f => !f.IsStatic))
        {
            var name = field.GetCustomAttribute<CNameAttribute>()?.Name ?? field.Name;
            yield return new Claim(c.Header, $"offset of {type.Name}.{field.Name}", $"offsetof({c.Type}, {name})", Marshal.OffsetOf(type, field.Name));
            yield return new Claim(c.Header, $"size of {type.Name}.{field.Name}", $"sizeof((({c.Type} *)0)->{name})", SizeOf(field.FieldType));
        }
    }

    private static long Number(IConvertible value) => value is ulong large
        ? unchecked((long)large)
        : value.ToInt64(CultureInfo.InvariantCulture);

    private static long SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type.IsPointer ? typeof(nint) : type).Invoke(null, null)!;

    [GeneratedRegex("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$")]
    private static partial Regex SpelledAsInC();
}
