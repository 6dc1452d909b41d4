# Installing what is missing, from Debian's archive. A need is PROBE=PACKAGE: the package is asked for only where the
# probe (a program's name, or a file when it starts with a slash) is not there, wherever that came from.

readonly LINK_NEEDS=(objcopy=binutils /usr/include/zlib.h=zlib1g-dev)
readonly LAB_NEEDS=(
    etcd=etcd-server etcdctl=etcd-client
    tincd=tinc openvpn=openvpn dnsmasq=dnsmasq-base /usr/lib/frr/zebra=frr
    ip=iproute2 ping=iputils-ping unshare=util-linux strace=strace
    iptables=iptables nft=nftables ipset=ipset
    wg=wireguard-tools wireguard-go=wireguard-go
    curl=curl
)

# What stands beside PID 1 in the measurements.
readonly BENCH_NEEDS=(s6-svscan=s6 supervisord=supervisor perl=perl-base)

# The C of arm64, on a machine that is none: its compiler, its headers, and what runs its programs.
readonly CROSS_NEEDS=(
    aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu /usr/aarch64-linux-gnu/include/stdlib.h=libc6-dev-arm64-cross
    qemu-aarch64=qemu-user
)

readonly MIHOMO_SCHEMA_VERSION=1.19.24

need_link_tools() {
    if command -v clang > /dev/null || command -v gcc > /dev/null; then
        install_missing "linking a native binary" "${LINK_NEEDS[@]}"
    else
        install_missing "linking a native binary" "${LINK_NEEDS[@]}" gcc=gcc /usr/include/stdlib.h=libc6-dev
    fi
}

need_cross_tools() { [ "$(uname -m)" != x86_64 ] || install_missing "the proof of arm64's layouts" "${CROSS_NEEDS[@]}"; }

need_bench_tools() { install_missing "the measurements" "${BENCH_NEEDS[@]}"; }

need_lab_tools() { install_missing "the lab" "${LAB_NEEDS[@]}"; }

# The JSON schema of mihomo's configuration, unpacked and not installed. It is kept.
need_mihomo_schema() {
    local folder=artifacts/mihomo-schema
    [ ! -d $folder ] || return 0
    install_missing "fetching the schema of mihomo's configuration" npm=npm
    say "fetching meta-json-schema $MIHOMO_SCHEMA_VERSION"
    rm -rf $folder.new
    mkdir -p $folder.new
    (cd $folder.new && npm pack --silent "meta-json-schema@$MIHOMO_SCHEMA_VERSION" > /dev/null && tar -xzf ./*.tgz && rm -f ./*.tgz) ||
        die "meta-json-schema $MIHOMO_SCHEMA_VERSION cannot be fetched by npm"
    mv $folder.new $folder
}

# install_missing PURPOSE NEED...
install_missing() {
    local purpose=$1 need missing=()
    shift
    for need in "$@"; do
        is_there "${need%=*}" || missing+=("${need##*=}")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get > /dev/null || die "$purpose needs ${missing[*]} (Debian's names), and there is no apt-get here to install them"
    [ "$(id -u)" -eq 0 ] || die "$purpose needs packages that only root can install: apt-get install --no-install-recommends ${missing[*]}"
    say "installing for $purpose: ${missing[*]}"
    with_services_held apt_install "${missing[@]}"
    for need in "$@"; do
        is_there "${need%=*}" || die "${need##*=} was installed, and ${need%=*} is still not there"
    done
}

is_there() {
    case $1 in
        /*) [ -e "$1" ] ;;
        *) command -v "$1" > /dev/null ;;
    esac
}

# For who asks apt what there is, and not for a package to be installed.
read_package_lists() {
    say "reading the package lists first"
    apt-get -q -o DPkg::Lock::Timeout=120 update >&2
}

# The lists are fetched only when there are none, or when they are too old to install from. What apt says matters only
# when it fails.
apt_install() {
    local log
    log=$(mktemp)
    if ! apt_try "$@" > "$log" 2>&1; then
        say "reading the package lists first"
        if ! apt-get -q -o DPkg::Lock::Timeout=120 update > "$log" 2>&1 || ! apt_try "$@" > "$log" 2>&1; then
            cat "$log" >&2
            rm -f "$log"
            die "the packages could not be installed; what apt-get said is above"
        fi
    fi
    rm -f "$log"
}

# --no-upgrade and --no-remove: what is on the machine stays as it is.
apt_try() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 \
        --no-install-recommends --no-upgrade --no-remove install "$@" < /dev/null
}

# Runs a command while no package may start its service (invoke-rc.d and deb-systemd-invoke ask policy-rc.d), and leaves
# the services it brought off at the next boot too: an etcd or FRR that starts with this machine was not asked for.
with_services_held() (
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        trap 'rm -f $policy' EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
        printf '#!/bin/sh\nexit 101\n' > $policy
        chmod 755 $policy
    fi
    units_before=$(daemon_units)
    "$@"
    [ -d /run/systemd/system ] || exit 0
    for unit in $(daemon_units); do
        grep -qxF "$unit" <<< "$units_before" || systemctl --quiet disable "$unit"
    done
)

daemon_units() {
    local name
    for name in etcd frr openvpn tinc supervisor; do
        if [ -e "/lib/systemd/system/$name.service" ]; then echo "$name.service"; fi
    done
}
