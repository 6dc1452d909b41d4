using Meduza.Image.Elf;
using Meduza.Image.Packages;
using Meduza.Image.Sbom;
using Meduza.Image.ThirdParty;

namespace Meduza.Image.Root;

/// <summary>The root put together from all its parts.</summary>
public static class Assembly
{
    /// <param name="say">Told what is left out, a line each.</param>
    /// <param name="addMore">Adds what this root has besides; null for the image's.</param>
    public static RootTree Of(ImageArguments arguments, Action<string> say, Action<RootTree>? addMore = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var tree = new RootTree();
        var packages = new PackageSet(arguments.Packages);
        Skeleton.Add(tree, arguments.Architecture);
        Contents.AddPackaged(tree, packages, arguments.Architecture, arguments.Variant);
        ThirdPartyPrograms.Add(tree, arguments.ThirdParty, arguments.Architecture, say);
        OwnFiles.Add(tree, arguments.Binary, arguments.Own);
        addMore?.Invoke(tree);
        LibraryClosure.Complete(tree, packages, arguments.Architecture);
        PackageNotices.Add(tree);
        tree.AddBytes(SpdxDocument.Place, SpdxDocument.Of(tree, arguments), Origin.Own);
        return tree;
    }
}
