using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Meduza.Bench.Size;

/// <summary>One thing in the binary.</summary>
/// <param name="Kind"><c>Methods</c>, <c>Types</c>, or <c>Blobs</c> (tables of the runtime).</param>
/// <param name="Size">Bytes.</param>
/// <param name="Assembly">Where it is from, <c>-</c> for a blob.</param>
/// <param name="Name">Its full name, with what a generic one is made for.</param>
internal sealed record MstatEntry(string Kind, int Size, string Assembly, string Name)
{
    private string Type => Name.Split("::")[0];

    public string Namespace
    {
        get
        {
            var type = Head(Type).Split('+')[0];
            return $"{Assembly} {type[..Math.Max(type.LastIndexOf('.'), 0)]}";
        }
    }

    /// <summary>The generic type or method that it is a case of; null where it is none.</summary>
    public string? Generic => Name.Contains('<', StringComparison.Ordinal) && Kind != "Blobs" ? $"{Assembly} {Head(Name)}" : null;

    private static string Head(string name) => name.IndexOf('<', StringComparison.Ordinal) is > 0 and var begin ? name[..begin] : name;
}

/// <summary>
/// Reads an .mstat file: an assembly whose methods <c>Methods</c>, <c>Types</c> and <c>Blobs</c> load one thing after the
/// other, each followed by its sizes (a method's: code, garbage collector's information, exception handling).
/// </summary>
internal static class Mstat
{
    private static readonly string[] Kinds = ["Methods", "Types", "Blobs"];

    public static IEnumerable<MstatEntry> Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        var names = new MstatNames(reader);
        foreach (var method in reader.MethodDefinitions.Select(reader.GetMethodDefinition).Where(method => Kinds.Contains(reader.GetString(method.Name))))
        {
            var kind = reader.GetString(method.Name);
            var sizes = kind == "Methods" ? 3 : 1;
            foreach (var (subject, numbers) in Loads(reader, file.GetMethodBody(method.RelativeVirtualAddress).GetILReader()))
            {
                var (assembly, name) = subject is EntityHandle handle ? names.Of(handle) : ("-", (string)subject);
                yield return new(kind, numbers.Take(sizes).Sum(), assembly, name);
            }
        }
    }

    /// <summary>Each string or token that is loaded, with the numbers that are loaded behind it.</summary>
    private static List<(object Subject, List<int> Numbers)> Loads(MetadataReader reader, BlobReader code)
    {
        var loads = new List<(object, List<int>)>();
        while (code.RemainingBytes > 0)
        {
            var operation = (ILOpCode)code.ReadByte();
            if (operation == ILOpCode.Ldtoken)
                loads.Add((MetadataTokens.EntityHandle(code.ReadInt32()), []));
            else if (operation == ILOpCode.Ldstr)
                loads.Add((reader.GetUserString(MetadataTokens.UserStringHandle(code.ReadInt32() & 0xffffff)), []));
            else if (operation == ILOpCode.Ldc_i4)
                loads[^1].Item2.Add(code.ReadInt32());
            else if (operation == ILOpCode.Ldc_i4_s)
                loads[^1].Item2.Add(code.ReadSByte());
            else if (operation is >= ILOpCode.Ldc_i4_m1 and <= ILOpCode.Ldc_i4_8)
                loads[^1].Item2.Add(operation - ILOpCode.Ldc_i4_0);
        }
        return loads;
    }
}
