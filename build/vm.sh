# A virtual machine whose kernel has WireGuard: what the tests in tests/Meduza.Vm start.

readonly VM_NEEDS=(
    qemu-system-x86_64=qemu-system-x86 wg=wireguard-tools ping=iputils-ping ip=iproute2 etcd=etcd-server etcdctl=etcd-client
    mkfs.ext4=e2fsprogs setsid=util-linux dpkg-deb=dpkg xz=xz-utils
)
readonly VM_FOLDER=artifacts/vm

# Leaves the kernel and the guest program where these two name them.
need_vm() {
    [ "$(uname -m)" = x86_64 ] || die "the machine of tests/Meduza.Vm is an x86-64 one, and its init is compiled for that"
    install_missing "a virtual machine" "${VM_NEEDS[@]}"
    fetch_vm_kernel
    publish_vm_guest
    export MEDUZA_VM_KERNEL=$PWD/$VM_FOLDER/kernel MEDUZA_VM_GUEST=$PWD/$VM_FOLDER/guest/Meduza.Vm.Guest
}

# Debian's kernel for virtual machines, unpacked and not installed. It is kept: 27 MB are fetched once.
fetch_vm_kernel() {
    local new package
    [ ! -d $VM_FOLDER/kernel ] || return 0
    mkdir -p $VM_FOLDER
    rm -rf $VM_FOLDER/kernel.new
    new=$(realpath $VM_FOLDER)/kernel.new
    mkdir "$new"
    package=$(vm_kernel_package)
    if [ -z "$package" ]; then
        read_package_lists
        package=$(vm_kernel_package)
    fi
    [ -n "$package" ] || die "no package is called linux-image-cloud-amd64 here, of which the kernel of the virtual machine is"
    say "fetching $package for the virtual machine"
    (cd "$new" && apt-get -q -o APT::Sandbox::User=root download "$package" >&2) || die "$package cannot be fetched"
    dpkg-deb -x "$new"/linux-image-*.deb "$new"
    rm -f "$new"/linux-image-*.deb
    # Debian 13's packages have /lib where it really lies.
    [ -d "$new/lib/modules" ] || mv "$new/usr/lib" "$new/lib"
    find "$new/lib/modules" -name '*.ko.xz' -exec xz -d {} +
    mv "$new" $VM_FOLDER/kernel
}

# The one with a version in its name, on which the one without depends.
vm_kernel_package() {
    apt-cache depends linux-image-cloud-amd64 2> /dev/null | awk '/Depends: linux-image-[0-9]/ { print $2; exit }'
}

publish_vm_guest() {
    need_sdk
    need_link_tools
    say "compiling the init of the virtual machine"
    dotnet publish tests/Meduza.Vm/Guest/Meduza.Vm.Guest.csproj -c Release -r linux-x64 -o $VM_FOLDER/guest -v quiet -nologo \
        -clp:ErrorsOnly >&2 || die "the init of the virtual machine does not compile; the errors are above"
}
