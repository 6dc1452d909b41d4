#!/usr/bin/env bash
# Builds, tests and shows Meduza. Every verb installs by itself what it needs and the machine does not have yet.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

source build/common.sh
source build/packages.sh
source build/publish.sh
source build/release.sh
source build/frr.sh
source build/image.sh
source build/engines.sh
source build/vm.sh
source build/tests.sh
source build/arm64.sh
source build/lab.sh
source build/fuzz.sh

usage() {
    cat <<'TEXT'
usage: ./build.sh [VERB]

  (none)        build artifacts/meduza-init, and the link artifacts/meduza to it
  test          run every test, those of the lab included (as root)
  test unit     run all but the lab, the container and the virtual machine (as root)
  test arm64    run the unit tests that differ by machine as programs of arm64, emulated: some ten minutes (as root, on x86-64)
  demo          build three gateways in namespaces, ping across them, take them down (as root)
  lab           the same, and keep the network up for looking around, until Ctrl-C (as root)
  bench         measure; one line of JSON a figure (as root); "bench PART…" for some of it: supervision, flood, continuity,
                rules, proxy, routes, wireguard, rendering, boot, names, commits, start, image, vm
  soak          change the keys of three gateways at random, 10,000 times, while agents and members of etcd are killed and
                links cut, and compare what they are with what they must be (as root); "soak N SEED" for N others, which
                are the same ones for the same seed
  size          compile once more, and print where the bytes of the binary are; one line of JSON a part
  fuzz          give 10 million mutated messages to every netlink parser, and 100,000 fleets of hostile keys to every
                renderer; "fuzz netlink" or "fuzz rendering" for one of them, "fuzz rendering N SEED" for N others
  doubles       build artifacts/meduza-doubles, which stands in for mihomo, MosDNS and EasyTier in the lab
  rootfs        the root folder of the image, below artifacts/image: the binary and what it drives, from packages of Debian 13;
                "rootfs debug" with busybox for looking around, "rootfs etcd" with an etcd; "rootfs arm64" for that machine
  image         the same as an archive that docker load and podman load read, with its bill of materials (SPDX); "image debug",
                "image etcd" and "image arm64" as above
  vm            a machine: kernel, first file system and root below artifacts/image, and booted by QEMU with 128 MB on this
                terminal; "vm bundle" makes them only, "vm hardware" with a kernel that has the drivers of real machines
  fetch         fetch mihomo, EasyTier and MosDNS at pinned versions into third_party, and show their sums; "fetch confirm"
                once you have compared those: from then on the image has them
  clean         remove everything that was built
TEXT
}

main() {
    case "${1-}${2+ $2}" in
        "") publish_binary ;;
        test) test_all ;;
        "test unit") test_unit ;;
        "test arm64") test_arm64 ;;
        demo) run_demo ;;
        lab) run_demo --keep ;;
        bench | "bench "*) shift && run_bench "$@" ;;
        soak | "soak "*) shift && run_soak "$@" ;;
        doubles) publish_doubles ;;
        size) measure_size ;;
        fuzz | "fuzz "*) shift && run_fuzz "$@" ;;
        rootfs | "rootfs "*) shift && make_rootfs "$@" ;;
        image | "image "*) shift && make_image "$@" ;;
        vm | "vm "*) shift && make_vm "$@" ;;
        fetch | "fetch confirm") fetch_third_party "${2-}" ;;
        clean) clean ;;
        -h | --help | help) usage ;;
        *)
            printf 'build.sh: there is no verb "%s"\n' "$*" >&2
            usage >&2
            exit 2
            ;;
    esac
}

main "$@"
