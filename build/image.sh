# The image: its root folder from packages of Debian 13, unpacked and not installed, and the archives made of it by
# tools/Meduza.Image.

readonly IMAGE_RELEASE=trixie
readonly IMAGE_FOLDER=artifacts/image
readonly IMAGE_NEEDS=(dpkg-deb=dpkg /usr/share/keyrings/debian-archive-keyring.gpg=debian-archive-keyring)
# What the image takes files of (tools/Meduza.Image/Root/Contents.cs); libraries come by themselves.
readonly IMAGE_PACKAGES=(
    frr openvpn dnsmasq-base tinc wireguard-go
    libssl3t64 openssl-provider-legacy libpam-modules libgcc-s1 ca-certificates base-files
    busybox-static etcd-server etcd-client
)
readonly CONTAINER_NEEDS=(crun=crun unshare=util-linux)
readonly IMAGE_TOOL=artifacts/tools/Meduza.Image

# make_rootfs [debug|etcd] [amd64|arm64]
make_rootfs() { run_image_tool rootfs publish "$@"; }

# make_image [debug|etcd] [amd64|arm64]
make_image() { run_image_tool image publish "$@"; }

# The image of the binary that is there, and what runs it as a container: for the tests.
need_image() {
    install_missing "the container of the image" "${CONTAINER_NEEDS[@]}"
    run_image_tool image keep
}

# run_image_tool VERB publish|keep [VARIANT] [ARCHITECTURE]
# Compiles the binary first, or takes the one that is there.
run_image_tool() {
    local verb=$1 binary=$2 variant= own architecture word
    own=$(image_architecture)
    architecture=$own
    shift 2
    for word; do
        case $word in
            amd64 | arm64) architecture=$word ;;
            *) variant=$word ;;
        esac
    done
    [ "$binary" = keep ] || publish_for "$architecture"
    binary=artifacts/meduza-init
    [ "$architecture" = "$own" ] || binary+=-$architecture
    fetch_image_packages "$architecture"
    build_image_tool
    "$IMAGE_TOOL/Meduza.Image" "$verb" --architecture "$architecture" --variant "$variant" --binary "$binary" \
        --packages "$IMAGE_FOLDER/packages-$architecture" --own rootfs --third-party third_party --out "$IMAGE_FOLDER" --time "$(image_time)" ||
        die "no image was made; why is above"
    [ "$verb" != rootfs ] || [ "$architecture" = "$own" ] || try_programs "$IMAGE_FOLDER/rootfs-$architecture${variant:+-$variant}"
}

# try_programs ROOT
# Each program of an arm64 root tells its version, emulated, with the libraries of that root.
try_programs() {
    local program
    install_missing "trying programs of arm64" "${CROSS_NEEDS[@]}"
    for program in "usr/bin/meduza version" usr/lib/frr/{zebra,mgmtd,staticd,ospfd,bgpd}" --version" \
        usr/sbin/{openvpn,dnsmasq,tincd}" --version" "usr/bin/vtysh --help" "usr/bin/wireguard-go --version"; do
        # shellcheck disable=SC2086
        qemu-aarch64 -L "$1" "$1"/$program > "$IMAGE_FOLDER/tried" 2>&1 ||
            die "$program of $1 does not run: $(head -n 1 "$IMAGE_FOLDER/tried")"
        say "$program: $(head -n 1 "$IMAGE_FOLDER/tried")"
    done
    try_verbs "$1"
    rm -f "$IMAGE_FOLDER/tried"
}

# try_verbs ROOT
# What works without a gateway: the keys of docs/example are judged, rendered and generated of. An emulated processor gives
# the very files that this machine's own gives.
try_verbs() {
    local own=artifacts/meduza-init keys=docs/example/keys.yaml folder=$IMAGE_FOLDER/tried-verbs node=berlin
    [ -e "$own" ] || publish_binary
    rm -rf "$folder"
    mkdir -p "$folder"
    qemu-aarch64 -L "$1" "$1/usr/bin/meduza" lint --from $keys > "$folder/lint-arm64" 2>&1 || die "lint of $1 does not run: $(head -n 1 "$folder/lint-arm64")"
    "$own" lint --from $keys > "$folder/lint" 2>&1
    qemu-aarch64 -L "$1" "$1/usr/bin/meduza" render --node $node --from $keys --out "$folder/files-arm64" > "$IMAGE_FOLDER/tried" 2>&1 ||
        die "render of $1 does not run: $(head -n 1 "$IMAGE_FOLDER/tried")"
    "$own" render --node $node --from $keys --out "$folder/files" > /dev/null
    echo '{"node_id": "a", "node": {}, "global": {}, "all_nodes": {}}' > "$folder/input"
    qemu-aarch64 -L "$1" "$1/usr/bin/meduza" generate dnsmasq < "$folder/input" > "$folder/generate-arm64" 2>&1 ||
        die "generate of $1 does not run: $(head -n 1 "$folder/generate-arm64")"
    "$own" generate dnsmasq < "$folder/input" > "$folder/generate"
    local name
    for name in lint files generate; do
        diff -r "$folder/$name" "$folder/$name-arm64" > "$IMAGE_FOLDER/tried" || die "$name of $1 is not what this machine's is: $(head -n 3 "$IMAGE_FOLDER/tried")"
    done
    say "lint, render and generate give what they give here: $(find "$folder/files" -type f | wc -l) files"
    rm -rf "$folder"
}

# fetch_third_party [confirm]
fetch_third_party() {
    build_image_tool
    # shellcheck disable=SC2086
    "$IMAGE_TOOL/Meduza.Image" fetch third_party "$(image_architecture)" ${1-}
}

build_image_tool() {
    need_sdk
    dotnet build tools/Meduza.Image/Meduza.Image.csproj -c Release -o $IMAGE_TOOL -v quiet -nologo '-clp:ErrorsOnly;NoSummary' >&2 ||
        die "tools/Meduza.Image does not compile; the errors are above"
}

# The time that every file of the image bears: that of the commit, so that the same sources give the same bytes.
image_time() { echo "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || echo 0)}"; }

image_architecture() {
    case $(uname -m) in
        x86_64) echo amd64 ;;
        aarch64) echo arm64 ;;
        *) die "there is no image for $(uname -m)" ;;
    esac
}

# fetch_image_packages ARCHITECTURE
# Each package into a folder of its own, with what it says of itself below DEBIAN. They are kept, and with them the
# versions: ./build.sh clean asks for newer ones.
fetch_image_packages() {
    local folder=$IMAGE_FOLDER/packages-$1 lists
    [ ! -d "$folder" ] || return 0
    install_missing "unpacking packages" "${IMAGE_NEEDS[@]}"
    say "fetching the packages of the image, for $1"
    rm -rf "$folder.new"
    mkdir -p "$folder.new"
    lists=$(fetch_image_lists "$1") || exit 1
    download_image_packages "$lists" "$1" || die "the packages of the image cannot be fetched; what apt-get said is above"
    unpack_image_packages "$lists" "$folder.new"
    rm -rf "$lists"
    mv "$folder.new" "$folder"
}

# fetch_image_lists ARCHITECTURE
# Prints the folder in which apt knows from then on what packages there are. Whoever asked for it removes it.
fetch_image_lists() {
    local lists
    mkdir -p $IMAGE_FOLDER
    lists=$(realpath $IMAGE_FOLDER)/apt-$1
    rm -rf "$lists"
    mkdir -p "$lists"/{state/lists/partial,cache/archives/partial,parts}
    : > "$lists/status"
    need_debian_mirror
    image_sources "$1" > "$lists/sources.list"
    image_apt "$lists" "$1" update >&2 || die "the package lists of $IMAGE_RELEASE cannot be fetched; what apt-get said is above"
    echo "$lists"
}

# unpack_image_packages LISTS FOLDER
unpack_image_packages() {
    local file name
    for file in "$1"/cache/archives/*.deb; do
        name=$(basename "$file")
        dpkg-deb -R "$file" "$2/${name%%_*}"
        sha256sum "$file" | cut -d ' ' -f 1 > "$2/${name%%_*}/DEBIAN/sha256"
    done
}

# download_image_packages LISTS ARCHITECTURE
# Those named above and, of all that they depend on, the libraries: the rest (adduser, debconf, perl) is for scripts, of
# which none runs.
download_image_packages() {
    local wanted
    wanted=$(image_apt "$1" "$2" -s install "${IMAGE_PACKAGES[@]}" |
        awk -v named=" ${IMAGE_PACKAGES[*]} " '$1 == "Inst" && ($2 ~ /^z?lib/ || index(named, " " $2 " ")) { print $2 }') || return 1
    # shellcheck disable=SC2086
    (cd "$1/cache/archives" && image_apt "$1" "$2" download $wanted)
}

# image_apt LISTS ARCHITECTURE ARGUMENT...
# apt with nothing of this machine's but its way to the archive: no package is installed, none is held back.
image_apt() {
    local lists=$1 architecture=$2
    shift 2
    apt-get -q -o APT::Architecture="$architecture" -o APT::Architectures::="$architecture" -o APT::Sandbox::User=root \
        -o Dir::State="$lists/state" -o Dir::State::status="$lists/status" -o Dir::Cache="$lists/cache" \
        -o Dir::Etc::SourceList="$lists/sources.list" -o Dir::Etc::SourceParts="$lists/parts" -o Dir::Etc::PreferencesParts="$lists/parts" \
        -o Dir::Etc::Preferences=/dev/null -o APT::Install-Recommends=false "$@" < /dev/null
}

# image_sources ARCHITECTURE
# From where this machine's own packages come, where they are Debian's; MEDUZA_DEBIAN_MIRROR and
# MEDUZA_DEBIAN_SECURITY_MIRROR name other places.
image_sources() {
    local main=${MEDUZA_DEBIAN_MIRROR:-$(debian_mirror)} security=${MEDUZA_DEBIAN_SECURITY_MIRROR:-$(debian_mirror Debian-Security)}
    local line="deb [arch=$1 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
    [ -n "$main" ] || die "apt knows no mirror of Debian here: name one in MEDUZA_DEBIAN_MIRROR"
    printf '%s\n' "$line $main $IMAGE_RELEASE main" "$line $main $IMAGE_RELEASE-updates main" \
        "$line ${security:-$main-security} $IMAGE_RELEASE-security main"
}
