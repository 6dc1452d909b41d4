using Meduza.Image.Packages;

namespace Meduza.Image.Root;

/// <summary>What is taken of a package: these files, and no other.</summary>
/// <param name="Component">For the table of sizes.</param>
/// <param name="Package">Name of the package.</param>
/// <param name="Files">Of the package; <c>LIB</c> is the folder of the architecture's libraries.</param>
public sealed record Taken(Layer Layer, string Component, string Package, params IReadOnlyList<string> Files);

/// <summary>What the image is made of. Libraries that a program names are not in it: they come by themselves (<see cref="Elf.LibraryClosure"/>).</summary>
public static class Contents
{
    public const string CertificatePackage = "ca-certificates";

    public static IReadOnlyList<Taken> Always { get; } =
    [
        new(Layer.Daemons, "frr", "frr", "usr/lib/frr/zebra", "usr/lib/frr/mgmtd", "usr/lib/frr/staticd", "usr/lib/frr/ospfd", "usr/lib/frr/bgpd"),
        // The check of a configuration before it is applied.
        new(Layer.Daemons, "vtysh", "frr", "usr/bin/vtysh"),
        new(Layer.Daemons, "openvpn", "openvpn", "usr/sbin/openvpn"),
        new(Layer.Daemons, "dnsmasq", "dnsmasq-base", "usr/sbin/dnsmasq"),
        new(Layer.Daemons, "tinc", "tinc", "usr/sbin/tincd"),
        new(Layer.Daemons, "wireguard-go", "wireguard-go", "usr/bin/wireguard-go"),
        // Opened by name at run time: .NET's cryptography opens libssl, OpenSSL its providers (ciphers of
        // old peers of OpenVPN), the agent libzstd for what it downloads, PAM its modules (vtysh asks), the C library what unwinds a thread that is ended (pthread_exit(3)).
        new(Layer.Libraries, "libraries", "libssl3t64", "LIB/libssl.so.3", "LIB/libcrypto.so.3"),
        new(Layer.Libraries, "libraries", "libzstd1", "LIB/libzstd.so.1"),
        new(Layer.Libraries, "libraries", "openssl-provider-legacy", "LIB/ossl-modules/legacy.so"),
        new(Layer.Libraries, "libraries", "libpam-modules", "LIB/security/pam_rootok.so", "LIB/security/pam_deny.so"),
        new(Layer.Libraries, "libraries", "libgcc-s1", "LIB/libgcc_s.so.1"),
        // By this a scanner of images knows whose versions are those in /var/lib/dpkg/status.d.
        new(Layer.Libraries, "base", "base-files", "etc/os-release", "etc/debian_version"),
    ];

    /// <summary>What each variant of the image has beside that.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Taken>> Variants { get; } = new Dictionary<string, IReadOnlyList<Taken>>
    {
        [""] = [],
        ["debug"] = [new(Layer.Daemons, "busybox", "busybox-static", "usr/bin/busybox")],
        ["etcd"] = [new(Layer.Daemons, "etcd", "etcd-server", "usr/bin/etcd"), new(Layer.Daemons, "etcd", "etcd-client", "usr/bin/etcdctl")],
    };

    /// <summary>Links of the debug variant. busybox's shell runs its other programs by their names without one.</summary>
    public static IReadOnlyList<string> Applets { get; } = ["sh", "ls", "cat", "ps", "ip", "ping", "vi", "wget", "top", "netstat", "nslookup"];

    /// <summary>Adds the files of packages.</summary>
    public static void AddPackaged(RootTree tree, PackageSet packages, Architecture architecture, string variant)
    {
        ArgumentNullException.ThrowIfNull(packages);
        ArgumentNullException.ThrowIfNull(architecture);
        if (!Variants.TryGetValue(variant, out var more))
            throw new ImageException($"there is no variant {variant} of the image: {string.Join(", ", Variants.Keys.Where(name => name.Length > 0))}");
        foreach (var taken in (IEnumerable<Taken>)[.. Always, .. more])
        {
            foreach (var file in taken.Files)
                tree.AddPackaged(packages[taken.Package], file.Replace("LIB", architecture.LibraryFolder, StringComparison.Ordinal), taken.Layer, taken.Component);
        }
        if (variant == "debug")
        {
            foreach (var applet in Applets)
                tree.AddLink($"usr/bin/{applet}", "busybox", new(Layer.Daemons, "busybox", packages["busybox-static"]));
        }
        Certificates.Add(tree, packages[CertificatePackage]);
    }
}
