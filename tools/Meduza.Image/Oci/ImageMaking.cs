using System.Globalization;
using Meduza.Image.Root;
using Meduza.Image.Sbom;

namespace Meduza.Image.Oci;

/// <summary>
/// All that <c>./build.sh image</c> leaves: the archive, its bill of materials, and the layers by themselves, of which the
/// Dockerfile makes the same image.
/// </summary>
public static class ImageMaking
{
    public static void Make(ImageArguments arguments, Action<string> say)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(say);
        var tree = Assembly.Of(arguments, say);
        List<LayerArchive> layers = [.. Enum.GetValues<Layer>().Select(layer => LayerArchive.Of(tree, layer, arguments.Time))];

        var folder = Path.Combine(arguments.Out, $"layers-{arguments.Suffix}");
        Directory.CreateDirectory(folder);
        foreach (var layer in layers)
            File.WriteAllBytes(Path.Combine(folder, ImageConfig.Name(layer) + ".tar.gz"), layer.Compressed.Content);
        File.WriteAllBytes(Path.Combine(arguments.Out, $"meduza-{arguments.Suffix}.spdx.json"), SpdxDocument.Of(tree, arguments));
        var archive = Path.Combine(arguments.Out, $"meduza-{arguments.Suffix}.tar");
        ImageArchive.Write(archive, arguments, layers, arguments.Variant.Length == 0 ? "meduza:latest" : $"meduza:{arguments.Variant}");

        say(SizeTable.Text(tree));
        foreach (var layer in layers)
            say(string.Create(CultureInfo.InvariantCulture, $"layer {ImageConfig.Name(layer),-10} {layer.Size / 1e6,7:F2} MB, compressed {layer.Compressed.Content.Length / 1e6:F2} MB"));
        say(string.Create(CultureInfo.InvariantCulture, $"{archive}: {new FileInfo(archive).Length / 1e6:F2} MB (docker load -i, podman load -i)"));
    }
}
