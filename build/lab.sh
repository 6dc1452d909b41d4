# The demo, the soak and the measurements: gateways as real PID 1 in namespaces, by tests/Meduza.Lab.

readonly LAB=tests/Meduza.Lab/bin/Debug/net10.0/Meduza.Lab

run_demo() {
    prepare_lab demo tests/Meduza.Lab/Meduza.Lab.csproj
    exec "$LAB" demo "$@"
}

# run_soak [CHANGES [SEED]]
run_soak() {
    local changes=${1:-10000} seed=${2:-$((RANDOM * 32768 + RANDOM))}
    prepare_lab soak tests/Meduza.Lab/Meduza.Lab.csproj
    exec "$LAB" soak "$changes" "$seed" artifacts/soak
}

# run_bench [PART…]
run_bench() {
    # Optimized, since some of what ships is measured in it.
    prepare_lab bench bench/Meduza.Bench.csproj Release
    need_bench_tools
    case " $* " in "  " | *" wireguard "* | *" vm "*) need_vm ;; esac
    case " $* " in "  " | *" image "*) need_image ;; esac
    exec bench/bin/Release/net10.0/Meduza.Bench "$@"
}

# prepare_lab PURPOSE PROJECT [CONFIGURATION]
prepare_lab() {
    need_root "$1"
    need_lab_tools
    publish_binary
    publish_doubles
    say "building the lab"
    dotnet build "$2" -c "${3:-Debug}" -v quiet -nologo '-clp:ErrorsOnly;NoSummary' >&2 || die "the lab does not compile; the errors are above"
    export MEDUZA_INIT=$PWD/artifacts/meduza-init MEDUZA_DOUBLES=$PWD/artifacts/meduza-doubles
}
