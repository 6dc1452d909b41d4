using Meduza.Container.Harness;
using Meduza.Image.Root;
using Meduza.Image.Sbom;

namespace Meduza.Container;

/// <summary>The variants of the image, put together as <c>./build.sh rootfs debug</c> and <c>rootfs etcd</c> do, and not written.</summary>
public class VariantTests
{
    private static readonly Dictionary<string, Entry> Plain = Of(""), Debug = Of("debug"), Etcd = Of("etcd");

    [Fact]
    public void The_debug_variant_adds_busybox_and_its_links_and_the_etcd_variant_an_etcd_and_its_tool()
    {
        Assert.Equal(
            ["usr/bin/busybox", "usr/share/doc/busybox-static/copyright", "var/lib/dpkg/status.d/busybox-static", .. Contents.Applets.Select(applet => $"usr/bin/{applet}")],
            Added(Debug).OrderBy(path => Debug[path] is LinkEntry).ThenBy(path => Debug[path] is LinkEntry ? Contents.Applets.ToList().IndexOf(Path.GetFileName(path)) : 0));
        Assert.Equal(
            ["usr/bin/etcd", "usr/bin/etcdctl", "usr/share/doc/etcd-client/copyright", "usr/share/doc/etcd-server/copyright", "var/lib/dpkg/status.d/etcd-client", "var/lib/dpkg/status.d/etcd-server"],
            Added(Etcd));
    }

    [Fact]
    public void What_all_have_is_the_same_in_all()
    {
        // The bill of materials is of what there is.
        foreach (var entry in Plain.Values.Where(entry => entry.Path != SpdxDocument.Place))
        {
            Assert.Equal(Seen(entry), Seen(Debug[entry.Path]));
            Assert.Equal(Seen(entry), Seen(Etcd[entry.Path]));
        }
    }

    // A folder comes with what lies in it.
    private static IEnumerable<string> Added(Dictionary<string, Entry> variant) =>
        variant.Values.Where(entry => entry is not FolderEntry && !Plain.ContainsKey(entry.Path)).Select(entry => entry.Path);

    private static (string, UnixFileMode, string?) Seen(Entry entry) => (entry.GetType().Name, entry.Mode, entry switch
    {
        FileEntry { Source: { } source } => source,
        FileEntry { Made: { } made } => Convert.ToHexString(made),
        LinkEntry link => link.Target,
        _ => null,
    });

    private static Dictionary<string, Entry> Of(string variant) => Assembly.Of(
        new(BuiltImage.Arch, variant, $"{BuiltImage.Sources}/artifacts/meduza-init", $"{BuiltImage.Folder}/packages-{BuiltImage.Arch.Name}", $"{BuiltImage.Sources}/rootfs", $"{BuiltImage.Sources}/third_party", BuiltImage.Folder, DateTimeOffset.UnixEpoch),
        _ => { }).Entries.ToDictionary(entry => entry.Path);
}
