using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Meduza.Container.Harness;
using Meduza.Image.Elf;
using Meduza.Image.Oci;
using Meduza.Image.Root;
using Meduza.Image.Sbom;
using Meduza.Image.ThirdParty;

namespace Meduza.Container;

/// <summary>The image as files: what is in it, and what is not.</summary>
public sealed class ImageTests(UnpackedImage image) : IClassFixture<UnpackedImage>
{
    /// <summary>Bytes of all files, unpacked; and of the archive. A little above what there is, like that of the binary (docs/design/size.md).</summary>
    private const double MostUnpacked = 76e6, MostCompressed = 26e6;

    private static readonly string[] Interpreters =
        ["sh", "bash", "dash", "ash", "busybox", "perl", "python", "python3", "lua", "awk", "mawk", "gawk", "sed", "env", "apt", "apt-get", "dpkg", "rpm", "apk", "ip", "iptables", "nft", "wg", "sysctl", "ps"];

    [Fact]
    public void There_is_no_shell_no_interpreter_no_package_manager_and_no_script() => Assert.All(image.Files, file =>
    {
        if ((File.GetUnixFileMode(image.At(file)) & UnixFileMode.UserExecute) != 0)
            Assert.DoesNotContain(Path.GetFileName(file), Interpreters);
        Assert.False(File.ReadAllBytes(image.At(file)).AsSpan().StartsWith("#!"u8), file);
    });

    [Fact]
    public void No_file_gives_rights_to_whoever_executes_it_and_none_can_be_written_by_others() => Assert.All(image.Everything, path =>
    {
        var mode = File.GetUnixFileMode(image.At(path));
        Assert.True((mode & (UnixFileMode.SetUser | UnixFileMode.SetGroup)) == 0, $"{path}: {mode}");
        if (path is not ("tmp" or "var/tmp"))
            Assert.True((mode & (UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) == 0, $"{path}: {mode}");
    });

    [Fact]
    public void Every_library_that_a_program_names_is_in_it_and_all_are_for_one_machine()
    {
        var programs = 0;
        foreach (var file in image.Files)
        {
            if (ElfFile.Read(image.At(file)) is not { } elf)
                continue;
            programs++;
            Assert.Equal(BuiltImage.Arch.Machine, elf.Machine);
            foreach (var name in elf.Needed)
                Assert.True(LibraryClosure.Folders(elf, file, BuiltImage.Arch).Any(folder => image.Resolves($"{folder}/{name}")), $"{file} needs {name}");
            if (elf.Interpreter is { } loader)
                Assert.True(image.Resolves(loader), $"{file} needs {loader}");
        }
        Assert.InRange(programs, 40, 200);
    }

    [Fact]
    public void Every_link_leads_to_something() => Assert.All(image.Links, link => Assert.True(image.Resolves(link) || link == "var/run", link));

    [Fact]
    public void Every_file_is_in_the_bill_of_materials_with_its_sum_and_belongs_to_one_package()
    {
        var bill = JsonNode.Parse(File.ReadAllText(image.At(SpdxDocument.Place)))!;
        Assert.Equal("SPDX-2.3", (string?)bill["spdxVersion"]);
        var sums = bill["files"]!.AsArray().ToDictionary(
            file => (string)file!["SPDXID"]!,
            file => (Path: ((string)file!["fileName"]!)[2..], Sum: (string)file["checksums"]!.AsArray().Single(c => (string)c!["algorithm"]! == "SHA256")!["checksumValue"]!));
        Assert.Equal(image.Files.Where(file => file != SpdxDocument.Place).Order(StringComparer.Ordinal), sums.Values.Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.All(sums.Values, file => Assert.Equal(file.Sum, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(image.At(file.Path))))));

        var packages = bill["packages"]!.AsArray().ToDictionary(package => (string)package!["SPDXID"]!, package => package!);
        Assert.All(packages.Values, package => Assert.False(string.IsNullOrEmpty((string?)package["versionInfo"]), package.ToJsonString()));
        var owners = bill["relationships"]!.AsArray().Where(relation => (string)relation!["relationshipType"]! == "CONTAINS").ToList();
        Assert.Equal(sums.Keys.Order(StringComparer.Ordinal), owners.Select(relation => (string)relation!["relatedSpdxElement"]!).Order(StringComparer.Ordinal));
        Assert.All(owners, relation => Assert.Contains((string)relation!["spdxElementId"]!, packages.Keys));
        // Debian's, where a scanner looks for them; what is no package's is ours or a third party's.
        var debian = packages.Values.Where(package => package["externalRefs"] is not null).Select(package => (string)package["name"]!).ToList();
        Assert.Equal(debian.Order(StringComparer.Ordinal), Directory.GetFiles(image.At("var/lib/dpkg/status.d")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.Subset(new HashSet<string>(["meduza", .. PinnedRelease.All.Select(release => release.Program)]), packages.Values.Select(package => (string)package["name"]!).Except(debian).ToHashSet());
    }

    [Fact]
    public void The_bill_beside_the_image_is_the_one_within() =>
        Assert.Equal(File.ReadAllBytes(image.At(SpdxDocument.Place)), File.ReadAllBytes($"{BuiltImage.Folder}/meduza-{BuiltImage.Arch.Name}.spdx.json"));

    [Fact]
    public void Authorities_are_where_OpenSSL_and_Go_look_for_them()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(image.At("etc/ssl/certs/ca-certificates.crt"));
        Assert.InRange(authorities.Count, 100, 400);
        Assert.True(image.Resolves("usr/lib/ssl/cert.pem"));
        Assert.True(image.Resolves("usr/lib/ssl/certs"));
    }

    [Fact]
    public void Every_user_that_a_driven_program_runs_as_is_there_and_none_can_log_in()
    {
        var users = File.ReadAllLines(image.At("etc/passwd")).Select(line => line.Split(':')).ToDictionary(fields => fields[0]);
        Assert.Subset(users.Keys.ToHashSet(), new HashSet<string>(["dnsmasq", "openvpn", "tinc", "wireguard", "easytier", "frr", "mihomo", "mosdns", "etcd"]));
        Assert.All(users.Values, user => Assert.EndsWith("/nologin", user[6], StringComparison.Ordinal));
        Assert.Equal(users.Count, users.Values.Select(user => user[2]).Distinct().Count());
    }

    [Fact]
    public void The_same_inputs_give_the_same_bytes()
    {
        var folder = Directory.CreateTempSubdirectory("meduza-again-").FullName;
        try
        {
            var time = DateTimeOffset.Parse((string)BuiltImage.Ours.Config["created"]!, System.Globalization.CultureInfo.InvariantCulture);
            ImageMaking.Make(
                new(BuiltImage.Arch, "", $"{BuiltImage.Sources}/artifacts/meduza-init", $"{BuiltImage.Folder}/packages-{BuiltImage.Arch.Name}", $"{BuiltImage.Sources}/rootfs", $"{BuiltImage.Sources}/third_party", folder, time),
                _ => { });
            foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)))
                Assert.True(File.ReadAllBytes(Path.Combine(folder, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(BuiltImage.Folder, file))), $"{file} has other bytes");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_image_is_not_bigger_than_its_limits()
    {
        // Third parties' programs are as large as they are.
        var unpacked = image.Files.Where(file => !PinnedRelease.All.Any(release => file == $"usr/bin/{release.Program}")).Sum(file => new FileInfo(image.At(file)).Length);
        Assert.InRange(unpacked, 1, MostUnpacked);
        if (!PinnedRelease.All.Any(release => image.Resolves($"usr/bin/{release.Program}")))
            Assert.InRange(new FileInfo(BuiltImage.Ours.Path).Length, 1, MostCompressed);
    }

    [Fact]
    public void Every_digest_is_that_of_its_content_and_both_manifests_name_the_same()
    {
        var built = BuiltImage.Ours;
        foreach (var path in built.Files.Where(path => path.StartsWith("blobs/sha256/", StringComparison.Ordinal)))
            Assert.Equal(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(built[path])));
        var docker = Assert.Single(built.Json("manifest.json").AsArray())!;
        Assert.Equal(built.Layers, docker["Layers"]!.AsArray().Select(layer => (string)layer!));
        Assert.Equal("1.0.0", (string?)built.Json("oci-layout")["imageLayoutVersion"]);
        for (var i = 0; i < built.Layers.Count; i++)
        {
            using var layer = new System.IO.Compression.GZipStream(new MemoryStream(built[built.Layers[i]]), System.IO.Compression.CompressionMode.Decompress);
            Assert.Equal((string?)built.Config["rootfs"]!["diff_ids"]![i], $"sha256:{Convert.ToHexStringLower(SHA256.HashData(layer))}");
        }
    }

    [Fact]
    public void The_Dockerfile_says_the_same_as_the_image()
    {
        var lines = File.ReadAllLines($"{BuiltImage.Sources}/Dockerfile");
        var config = BuiltImage.Ours.Config["config"]!;
        Assert.Contains($"STOPSIGNAL {config["StopSignal"]}", lines);
        Assert.Contains($"ENV {config["Env"]![0]}", lines);
        Assert.Equal(config["Entrypoint"]!.ToJsonString(), Json("ENTRYPOINT "));
        Assert.Equal(new JsonArray([.. config["Healthcheck"]!["Test"]!.AsArray().Skip(1).Select(word => word!.DeepClone())]).ToJsonString(), Json("CMD "));
        Assert.Equal(
            Enum.GetNames<Layer>().Select(layer => $"ADD artifacts/image/layers-${{TARGETARCH}}${{VARIANT}}/{layer.ToLowerInvariant()}.tar.gz /"),
            lines.Where(line => line.StartsWith("ADD ", StringComparison.Ordinal)));
        foreach (var layer in Enum.GetNames<Layer>())
            Assert.Contains($"blobs/sha256/{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes($"{BuiltImage.Folder}/layers-{BuiltImage.Arch.Name}/{layer.ToLowerInvariant()}.tar.gz")))}", BuiltImage.Ours.Layers);

        string Json(string word)
        {
            var line = lines.Single(line => line.Contains(word, StringComparison.Ordinal) && line.EndsWith(']'));
            return JsonNode.Parse(line[(line.IndexOf(word, StringComparison.Ordinal) + word.Length)..])!.ToJsonString();
        }
    }
}
