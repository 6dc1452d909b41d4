namespace Meduza.Image.Machine;

/// <summary>
/// Which modules of a kernel go with the machine's bundle. A kernel has some of them built in, and a kernel for virtual
/// machines has no drivers for others: what it has not is left out.
/// </summary>
public static class WantedModules
{
    /// <summary>To find the disk with the root, and to mount it. Loaded in the first file system: drivers for the devices that there are, file systems always.</summary>
    public static IReadOnlyList<string> DiskDrivers { get; } =
    [
        "virtio_pci", "virtio_mmio", "virtio_blk", "virtio_scsi",
        "ahci", "ata_piix", "ata_generic", "nvme", "sd_mod", "sr_mod", "mmc_block", "sdhci_pci", "sdhci_acpi",
        "xhci_pci", "ehci_pci", "ohci_pci", "uhci_hcd", "usb_storage", "uas",
        "hv_vmbus", "hv_storvsc", "xen_blkfront", "vmw_pvscsi", "mptspi",
    ];

    /// <summary>The first is what others ask the kernel for by what it does (<c>crypto-crc32c</c>), so no list of needs names it.</summary>
    public static IReadOnlyList<string> FileSystems { get; } = ["crc32c_generic", "squashfs", "overlay", "ext4"];

    /// <summary>Loaded for the devices that there are, once the root is.</summary>
    public static IReadOnlyList<string> NetworkDrivers { get; } =
    [
        "virtio_net", "e1000", "e1000e", "igb", "igc", "ixgbe", "i40e", "ice", "r8169", "realtek", "r8152", "ax88179_178a", "cdc_ether", "cdc_ncm",
        "asix", "tg3", "bnx2", "bnxt_en", "atlantic", "sky2", "8139too", "8139cp", "pcnet32", "vmxnet3", "hv_netvsc", "xen_netfront", "ena", "gve", "mlx5_core",
        "virtio_rng", "virtio_balloon",
    ];

    /// <summary>What a gateway is made of, which no device asks for: loaded always. What rules name is here, since nobody loads it for them.</summary>
    public static IReadOnlyList<string> Gateway { get; } =
    [
        "crc32c_generic", "af_packet", "tun", "wireguard", "button",
        "nf_tables", "nft_compat", "nft_chain_nat", "xt_TPROXY", "xt_set", "xt_conntrack", "xt_addrtype", "xt_nat", "xt_NETMAP", "xt_MASQUERADE",
        "ip_set", "ip_set_hash_net",
    ];
}
