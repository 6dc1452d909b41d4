# Programs of Debian 13 beside the machine's own of Debian 12: unpacked and not installed, for tests that run them.

readonly RELEASE_NEEDS=(mmdebstrap=mmdebstrap)

# unpack_release WHAT PACKAGES FOLDER
# The packages (with commas between) and all that they depend on, as a root folder. What makes it ready is the caller's.
unpack_release() {
    local mirror name
    install_missing "fetching $1 of $IMAGE_RELEASE" "${RELEASE_NEEDS[@]}"
    need_debian_mirror
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || die "apt knows no mirror of Debian here, from which $1 of $IMAGE_RELEASE could be fetched"
    say "fetching $1 of $IMAGE_RELEASE"
    rm -rf "$3"
    mkdir -p artifacts
    mmdebstrap --quiet --variant=extract --include="$2" "$IMAGE_RELEASE" "$3" "$mirror" >&2 ||
        die "$1 of $IMAGE_RELEASE cannot be fetched from $mirror: if its key is not known, upgrade debian-archive-keyring"
    # Unpacked packages have no links from / into /usr, and nobody has made the users.
    for name in bin sbin lib lib64; do
        [ ! -d "$3/usr/$name" ] || ln -sfn "usr/$name" "$3/$name"
    done
    touch "$3/etc/passwd" "$3/etc/group"
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
