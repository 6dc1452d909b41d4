# Machines: the bundle that boots one (kernel, first file system, root), made of the image's root and a kernel of Debian 13;
# and the machines of tests/Meduza.Vm, which have that kernel.

readonly VM_NEEDS=(
    qemu-system-x86_64=qemu-system-x86 wg=wireguard-tools ping=iputils-ping ip=iproute2 etcd=etcd-server etcdctl=etcd-client
    mkfs.ext4=e2fsprogs setsid=util-linux
)
readonly BUNDLE_NEEDS=(mksquashfs=squashfs-tools zstd=zstd xz=xz-utils dpkg-deb=dpkg)
readonly VM_FOLDER=artifacts/vm

# make_vm [bundle] [hardware]
# The bundle below artifacts/image, and then a machine of it that talks on this terminal.
make_vm() {
    local word boot=boot kernel=cloud
    for word; do
        case $word in
            bundle) boot= ;;
            hardware) kernel=hardware ;;
            *) die "vm $word: there is bundle, which boots none, and hardware, a kernel with the drivers of real machines" ;;
        esac
    done
    [ "$(uname -m)" = x86_64 ] || die "the bundle is one for x86-64, and is made on such a machine"
    publish_binary
    make_bundle $kernel
    [ -n "$boot" ] || return 0
    install_missing "a virtual machine" qemu-system-x86_64=qemu-system-x86
    boot_bundle "$IMAGE_FOLDER/vm-amd64-$kernel"
}

# make_bundle cloud|hardware
# vmlinuz, initramfs and root.squashfs, of the binary that is there.
make_bundle() {
    local folder=$IMAGE_FOLDER/vm-amd64-$1
    install_missing "a machine's bundle" "${BUNDLE_NEEDS[@]}" "${IMAGE_NEEDS[@]}"
    fetch_image_packages amd64
    fetch_kernel "$1"
    build_image_tool
    rm -rf "$folder.new"
    "$IMAGE_TOOL/Meduza.Image" machine --architecture amd64 --binary artifacts/meduza-init --packages "$IMAGE_FOLDER/packages-amd64" \
        --kernel "$IMAGE_FOLDER/kernel-amd64-$1" --own rootfs --third-party third_party --out "$folder.new" --time "$(image_time)" ||
        die "no bundle was made; why is above"
    # The same files give the same bytes: one time for all. Small blocks, since with little memory single pages are read again.
    mksquashfs "$folder.new/root" "$folder.new/root.squashfs" -comp zstd -Xcompression-level 15 -b 64K -all-root -no-xattrs -no-exports \
        -mkfs-time "$(image_time)" -all-time "$(image_time)" -noappend -quiet -no-progress > "$folder.new/said" 2>&1 ||
        die "mksquashfs failed: $(tail -n 1 "$folder.new/said")"
    zstd -q -19 --rm -o "$folder.new/initramfs" "$folder.new/initramfs.cpio"
    rm -rf "$folder.new/root" "$folder.new/said" "$folder"
    mv "$folder.new" "$folder"
    say "$folder: $(cd "$folder" && stat -c '%n %s' vmlinuz initramfs root.squashfs | numfmt --field=2 --to=si --suffix=B | paste -sd ',' | sed 's/,/, /g')"
}

# boot_bundle FOLDER
# As somebody's machine would be: the root on a disk, a card that is known by a number. etcd is asked for on this machine.
boot_bundle() {
    local words="console=ttyS0 panic=10 quiet meduza.NODE_ID=vm meduza.ETCD_ENDPOINTS=${ETCD_ENDPOINTS:-http://10.0.2.2:2379}"
    words+=" meduza.address=eth0:10.0.2.15/24 meduza.gateway=10.0.2.2 meduza.dns=10.0.2.3"
    local command=(qemu-system-x86_64 -machine pc -cpu max -m 128 -no-reboot -nodefaults -no-user-config -display none
        -kernel "$1/vmlinuz" -initrd "$1/initramfs" -append "$words" -drive "file=$1/root.squashfs,format=raw,if=virtio,readonly=on"
        -netdev user,id=lan -device virtio-net-pci,netdev=lan -serial mon:stdio)
    [ ! -w /dev/kvm ] || command+=(-accel kvm)
    say "booting it; Ctrl-A C and then system_powerdown or quit end it"
    printf '%q ' "${command[@]}" >&2
    printf '\n' >&2
    exec "${command[@]}"
}

# Leaves the kernel, the bundle and the guest program where these name them.
need_vm() {
    [ "$(uname -m)" = x86_64 ] || die "the machine of tests/Meduza.Vm is an x86-64 one, and its init is compiled for that"
    install_missing "a virtual machine" "${VM_NEEDS[@]}"
    make_bundle cloud
    publish_vm_guest
    export MEDUZA_VM_KERNEL=$PWD/$IMAGE_FOLDER/kernel-amd64-cloud MEDUZA_VM_BUNDLE=$PWD/$IMAGE_FOLDER/vm-amd64-cloud
    export MEDUZA_VM_GUEST=$PWD/$VM_FOLDER/guest/Meduza.Vm.Guest
}

# fetch_kernel cloud|hardware
# Debian's kernel, unpacked and not installed, and its modules uncompressed. It is kept: 30 or 110 MB are fetched once.
fetch_kernel() {
    local folder=$IMAGE_FOLDER/kernel-amd64-$1 package=linux-image-cloud-amd64 lists
    [ ! -d "$folder" ] || return 0
    [ "$1" = cloud ] || package=linux-image-amd64
    lists=$(fetch_image_lists amd64) || exit 1
    # The one with a version in its name, on which the one without depends.
    package=$(image_apt "$lists" amd64 -s install $package | awk '$1 == "Inst" && $2 ~ /^linux-image-[0-9]/ { print $2 }')
    [ -n "$package" ] || die "$IMAGE_RELEASE has no kernel package for $1"
    say "fetching $package"
    (cd "$lists/cache/archives" && image_apt "$lists" amd64 download "$package" >&2) || die "$package cannot be fetched"
    rm -rf "$folder.new"
    mkdir -p "$folder.new"
    unpack_image_packages "$lists" "$folder.new"
    rm -rf "$lists"
    mv "$folder.new/$package" "$folder.package"
    rmdir "$folder.new"
    # Below /usr/lib, whatever the package has.
    [ -d "$folder.package/usr/lib/modules" ] || { mkdir -p "$folder.package/usr" && mv "$folder.package/lib" "$folder.package/usr/lib"; }
    find "$folder.package/usr/lib/modules" -name '*.ko.xz' -exec xz -d {} +
    mv "$folder.package" "$folder"
}

publish_vm_guest() {
    need_sdk
    need_link_tools
    say "compiling the init of the virtual machine"
    dotnet publish tests/Meduza.Vm/Guest/Meduza.Vm.Guest.csproj -c Release -r linux-x64 -o $VM_FOLDER/guest -v quiet -nologo \
        -clp:ErrorsOnly >&2 || die "the init of the virtual machine does not compile; the errors are above"
}
