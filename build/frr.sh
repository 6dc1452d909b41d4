# FRR of Debian 13 beside the machine's own of Debian 12: unpacked and not installed, for the tests that start daemons.

readonly FRR_RELEASE=trixie
readonly FRR_NEEDS=(mmdebstrap=mmdebstrap)

# Leaves in other_frr the folder that is its root. It is kept. Where the machine's own FRR is as new (it has mgmtd), that
# is the one to test, and other_frr is empty.
need_other_frr() {
    local folder=artifacts/frr-$FRR_RELEASE mirror
    other_frr=
    [ ! -e /usr/lib/frr/mgmtd ] || return 0
    other_frr=$PWD/$folder
    [ ! -d "$folder" ] || return 0
    install_missing "fetching FRR of $FRR_RELEASE" "${FRR_NEEDS[@]}"
    need_debian_mirror
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || die "apt knows no mirror of Debian here, from which FRR of $FRR_RELEASE could be fetched"
    say "fetching FRR of $FRR_RELEASE"
    rm -rf "$folder.new"
    mkdir -p artifacts
    mmdebstrap --quiet --variant=extract --include=frr "$FRR_RELEASE" "$folder.new" "$mirror" >&2 ||
        die "FRR of $FRR_RELEASE cannot be fetched from $mirror: if its key is not known, upgrade debian-archive-keyring"
    # Unpacked packages have no links from / into /usr, and nobody has made the users.
    local name
    for name in bin sbin lib lib64; do
        [ ! -d "$folder.new/usr/$name" ] || ln -sfn "usr/$name" "$folder.new/$name"
    done
    touch "$folder.new/etc/passwd" "$folder.new/etc/group"
    # vtysh asks PAM whether root may; what these two include is made when their packages are installed.
    for name in frr other; do
        printf '%s sufficient pam_permit.so\n' auth account > "$folder.new/etc/pam.d/$name"
    done
    mv "$folder.new" "$folder"
}

# need_debian_mirror
# apt knows where its packages come from once it has read their lists.
need_debian_mirror() {
    [ -n "$(debian_mirror)" ] || read_package_lists
}

# The mirror that this machine's own packages come from; "debian_mirror Debian-Security" for that of their repairs.
debian_mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' "Label: ${1:-Debian}" 2> /dev/null | head -n 1
}
