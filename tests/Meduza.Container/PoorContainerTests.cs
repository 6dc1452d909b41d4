using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Meduza.Container.Harness;
using Meduza.Image.Elf;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Container;

/// <summary>A container that was given too little: each thing is a line that says what to do, and what can run, runs.</summary>
public class PoorContainerTests
{
    [Fact]
    public void What_is_missing_is_told_in_the_log_and_by_doctor_and_what_can_run_runs()
    {
        using var lab = LabNetwork.Create();
        var gateway = lab.AddGateway("gw");
        using var container = RunningContainer.Prepare(lab.Folder, new()
        {
            Network = gateway.Network,
            Capabilities = [.. ContainerSetup.Enough.Except(["CAP_NET_RAW"])],
            HasTun = false,
            WritesSettings = false,
            DataSize = "16k",
            Environment = ["NODE_ID=gw", $"ETCD_ENDPOINTS={lab.Etcd.Endpoint}"],
        });
        // A program that was made for another machine.
        var tincd = $"{container.Root}/usr/sbin/tincd";
        var program = File.ReadAllBytes(tincd);
        BinaryPrimitives.WriteUInt16LittleEndian(program.AsSpan(18), BuiltImage.Arch.Machine == ElfFile.X64 ? ElfFile.Arm64 : ElfFile.X64);
        File.WriteAllBytes(tincd, program);
        container.Begin();
        Fill($"{container.Root}/data/full");
        lab.Etcd.Put([.. DemoKeys.Global(), .. DemoKeys.Node("gw", "10.1.0.0/24", "10.255.0.1"), .. DemoKeys.Tinc("gw", gateway.Underlay, "10.255.0.1/24")]);
        lab.Etcd.Commit("first");

        Told("warning: CAP_NET_RAW is not PID 1's", "start the container with --cap-add NET_RAW");
        Told("warning: /dev/net/tun is not there", "start the container with --device /dev/net/tun");
        Told("warning: sysctl net.ipv4.ip_forward=1", "docker run --sysctl net.ipv4.ip_forward=1");
        Told("/usr/sbin/tincd: ", "no program, or one for another machine than this");
        Told("capability CAP_NET_RAW is not PID 1's to give", "grant it to this container");
        Told("the last good state cannot be kept below /data", "No space left on device");

        var findings = JsonNode.Parse(container.Meduza("doctor", "--json").Output)!["findings"]!.AsArray().ToDictionary(f => (string)f!["name"]!, f => f!);
        Found("CAP_NET_RAW", "problem", "start the container with --cap-add NET_RAW");
        Found("tun", "problem", "start the container with --device /dev/net/tun");
        Found("kernel settings", "warning", "docker run --sysctl");
        Found("tincd", "warning", "install it there");
        Found("disk /data", "problem", "make room");

        var dnsmasq = JsonNode.Parse(container.Meduza("status", "--json").Output)!["services"]!.AsArray().Single(row => (string?)row!["name"] == "dnsmasq")!;
        Assert.Equal("ready", (string?)dnsmasq["state"]);
        Assert.Equal(0, container.Stop().ShellCode);

        void Told(string what, string remedy)
        {
            var line = container.WaitForOutput(line => line.Contains(what, StringComparison.Ordinal), TimeSpan.FromMinutes(1));
            Assert.Contains(remedy, line, StringComparison.Ordinal);
        }

        void Found(string name, string level, string remedy)
        {
            Assert.True(findings.TryGetValue(name, out var finding), name);
            Assert.Equal((name, level), (name, (string?)finding!["level"]));
            Assert.Contains(remedy, (string?)finding["remedy"], StringComparison.Ordinal);
        }
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(page);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full: that is what was wanted.
        }
    }
}
