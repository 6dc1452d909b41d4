namespace Meduza.Linux.Abi;

/// <summary>
/// Says that the constants of a class, or the members of an enum, are those of a C header. Each member has the C name,
/// or gives it by <see cref="CNameAttribute"/>. A compiled C program proves every value.
/// </summary>
/// <param name="header">As in <c>#include</c>: <c>linux/rtnetlink.h</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Enum)]
public sealed class CHeaderAttribute(string header) : Attribute
{
    public string Header { get; } = header;
}

/// <summary>
/// Says that a struct is laid out as a C type. Its fields have the C names, or give them by <see cref="CNameAttribute"/>.
/// A compiled C program proves its size and the offset and size of every field.
/// </summary>
/// <param name="type">As C writes it: <c>struct nlmsghdr</c>, <c>siginfo_t</c>.</param>
/// <param name="header">As in <c>#include</c>.</param>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class CStructAttribute(string type, string header) : Attribute
{
    public string Type { get; } = type;
    public string Header { get; } = header;

    /// <summary>False where only the front of the C type is declared, so that the sizes differ on purpose.</summary>
    public bool Whole { get; init; } = true;
}

/// <summary>The C name (or constant expression) of a member that is spelled differently here.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class CNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
