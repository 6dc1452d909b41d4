using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Meduza.Bench.Size;

/// <summary>Names of types and methods in an .mstat file, with what generic ones are made for.</summary>
internal sealed class MstatNames(MetadataReader reader) : ISignatureTypeProvider<string, object?>
{
    public (string Assembly, string Name) Of(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.MemberReference:
                var member = reader.GetMemberReference((MemberReferenceHandle)handle);
                return (AssemblyOf(member.Parent), $"{Type(member.Parent)}::{reader.GetString(member.Name)}");
            case HandleKind.MethodSpecification:
                var method = reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                var (assembly, name) = Of(method.Method);
                return (assembly, $"{name}<{string.Join(",", method.DecodeSignature(this, null))}>");
            default:
                return (AssemblyOf(handle), Type(handle));
        }
    }

    private string Type(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeReference => GetTypeFromReference(reader, (TypeReferenceHandle)handle, 0),
        HandleKind.TypeDefinition => GetTypeFromDefinition(reader, (TypeDefinitionHandle)handle, 0),
        HandleKind.TypeSpecification => GetTypeFromSpecification(reader, null, (TypeSpecificationHandle)handle, 0),
        _ => "?",
    };

    private string AssemblyOf(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeReference:
                var scope = reader.GetTypeReference((TypeReferenceHandle)handle).ResolutionScope;
                return scope.Kind == HandleKind.AssemblyReference
                    ? reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name)
                    : AssemblyOf(scope);
            case HandleKind.TypeSpecification:
                var signature = reader.GetBlobReader(reader.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
                while (signature.RemainingBytes > 0)
                {
                    var code = signature.ReadSignatureTypeCode();
                    if (code == SignatureTypeCode.TypeHandle)
                        return AssemblyOf(signature.ReadTypeHandle());
                    if (code == SignatureTypeCode.GenericTypeInstance)
                    {
                        signature.ReadByte(); // class or value type
                        return AssemblyOf(signature.ReadTypeHandle());
                    }
                    if (code is not (SignatureTypeCode.SZArray or SignatureTypeCode.Pointer or SignatureTypeCode.ByReference))
                        break;
                }
                return "System.Private.CoreLib";
            default:
                return "?";
        }
    }

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeReference(handle);
        var name = reader.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
            return $"{Type(type.ResolutionScope)}+{name}";
        var space = reader.GetString(type.Namespace);
        return space.Length == 0 ? name : $"{space}.{name}";
    }

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        reader.GetString(reader.GetTypeDefinition(handle).Name);

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, null);

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();
    public string GetSZArrayType(string elementType) => $"{elementType}[]";
    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[,]";
    public string GetByReferenceType(string elementType) => $"{elementType}&";
    public string GetPointerType(string elementType) => $"{elementType}*";
    public string GetPinnedType(string elementType) => elementType;
    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;
    public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";
    public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";
    public string GetFunctionPointerType(MethodSignature<string> signature) => "method*";

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) =>
        $"{genericType}<{string.Join(",", typeArguments)}>";
}
