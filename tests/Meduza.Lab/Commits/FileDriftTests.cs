using Meduza.Lab.Harness;

namespace Meduza.Lab.Commits;

/// <summary>What somebody does to files of ours. The periodic look is too far off to be what finds it here.</summary>
public class FileDriftTests
{
    [Fact]
    public void Is_mended_when_it_happens_and_no_daemon_is_started_anew()
    {
        using var solo = SoloGateway.Start();
        solo.Apply("settled");
        var daemons = solo.Gateway.Daemons();
        var (root, tinc) = (solo.Init.Root, $"{solo.Init.Root}/etc/tinc/mesh");
        var (conf, main, key) = ($"{root}/etc/dnsmasq.conf", $"{tinc}/tinc.conf", $"{tinc}/rsa_key.priv");
        var wanted = Seen();

        File.AppendAllText(conf, "address=/#/203.0.113.9\n");
        Back("what was appended is gone");
        File.Delete(main);
        Back("what was deleted is there");
        File.Move(key, $"{root}/stolen");
        Back("what was moved away is there");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Back("what was readable for all is not");
        File.WriteAllText($"{tinc}/tinc-up", "#!/bin/sh\n");
        Back("what lay among ours is gone");
        Directory.Delete($"{tinc}/hosts", recursive: true);
        // Its parent is not watched by name; any other reason to look finds it.
        solo.Apply("another look");
        Back("the folder is back");

        Assert.Equal(daemons, solo.Gateway.Daemons());
        Assert.Empty(solo.Apply("nothing is left to do").Changed);

        void Back(string what) => solo.Init.WaitUntil(() => Seen() == wanted, what);

        string Seen() => string.Join('\n', Directory.EnumerateFiles($"{root}/etc/tinc", "*", SearchOption.AllDirectories).Append(conf)
            .Order(StringComparer.Ordinal).Select(path => Describe(path)));

        static string Describe(string path)
        {
            try
            {
                return $"{path} {File.GetUnixFileMode(path)} {File.ReadAllText(path)}";
            }
            catch (FileNotFoundException)
            {
                return $"{path} has just gone";
            }
        }
    }
}
