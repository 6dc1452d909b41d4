namespace Meduza.Image.Root;

/// <summary>Folders that something is mounted on, links of old, and the few files of <c>/etc</c> that the C library and PAM read.</summary>
public static class Skeleton
{
    private static readonly Origin Base = new(Layer.Libraries, "base");

    public static void Add(RootTree tree, Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(architecture);
        foreach (var name in (string[])["bin", "sbin", "lib"])
            tree.AddLink(name, $"usr/{name}", Base);
        if (architecture.Loader.StartsWith("/lib64/", StringComparison.Ordinal))
            tree.AddLink("lib64", "usr/lib64", Base);
        foreach (var folder in (string[])["data", "dev", "proc", "run", "sys", "usr/bin", "usr/lib", "usr/sbin", "var/lib", "var/log"])
            tree.AddFolder(folder, Base);
        tree.AddFolder("root", Base, Modes.Closed);
        tree.AddFolder("tmp", Base, Modes.Shared);
        tree.AddFolder("var/tmp", Base, Modes.Shared);
        tree.AddLink("var/run", "/run", Base);
        tree.AddText("etc/passwd", Accounts.Passwd, Base);
        tree.AddText("etc/group", Accounts.Group, Base);
        tree.AddText("etc/hosts", "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n", Base);
        tree.AddText("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n", Base);
        // vtysh asks PAM whether it may: root may, nobody else.
        tree.AddText("etc/pam.d/frr", "auth sufficient pam_rootok.so\naccount sufficient pam_rootok.so\n", Base);
        tree.AddText("etc/pam.d/other", "auth required pam_deny.so\naccount required pam_deny.so\n", Base);
    }
}
