using System.Reflection;
using Meduza.Linux.Netlink;
using Meduza.Linux.Netlink.Generic;

namespace Meduza.Linux.Tests.Netlink.Fuzz;

/// <summary>
/// Every parser of messages that Meduza.Linux has, found by its shape: a static method <c>TryParse…</c> whose first
/// parameter is a message. One that is added later is among them by itself.
/// </summary>
internal static class MessageParsers
{
    public delegate void Parse(in Message message);

    private delegate bool ParserOfFamily<T>(in Message message, GenericFamily family, out T item);

    // What the messages of WireGuard in the corpus have for their family.
    private static readonly GenericFamily Family = new(31);

    public static IReadOnlyList<(string Name, Parse Parse)> All { get; } =
    [
        .. typeof(NetlinkSocket).Assembly.GetTypes()
            .Where(type => !type.IsGenericType && !typeof(Delegate).IsAssignableFrom(type))
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(IsParser)
            .Select(method => ($"{method.DeclaringType!.Name}.{method.Name}", Wrap(method)))
            .OrderBy(parser => parser.Item1, StringComparer.Ordinal),
    ];

    private static bool IsParser(MethodInfo method) =>
        method.Name.StartsWith("TryParse", StringComparison.Ordinal)
        && method.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(Message).MakeByRefType();

    private static Parse Wrap(MethodInfo method)
    {
        var item = method.GetParameters()[^1].ParameterType.GetElementType()!;
        var wrap = method.GetParameters().Length switch
        {
            2 => nameof(WrapParser),
            3 when method.GetParameters()[1].ParameterType == typeof(GenericFamily) => nameof(WrapParserOfFamily),
            _ => throw new InvalidOperationException($"{method.DeclaringType}.{method.Name}: a parser of a shape that is not known here"),
        };
        return (Parse)typeof(MessageParsers).GetMethod(wrap, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(item).Invoke(null, [method])!;
    }

    private static Parse WrapParser<T>(MethodInfo method)
    {
        var parser = method.CreateDelegate<MessageParser<T>>();
        return (in Message message) => parser(message, out _);
    }

    private static Parse WrapParserOfFamily<T>(MethodInfo method)
    {
        var parser = method.CreateDelegate<ParserOfFamily<T>>();
        return (in Message message) => parser(message, Family, out _);
    }
}
