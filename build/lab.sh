# The demo and the measurements: gateways as real PID 1 in namespaces, by tests/Meduza.Lab.

readonly LAB=tests/Meduza.Lab/bin/Debug/net10.0/Meduza.Lab

run_demo() {
    prepare_lab demo tests/Meduza.Lab/Meduza.Lab.csproj
    exec "$LAB" demo "$@"
}

run_bench() {
    prepare_lab bench bench/Meduza.Bench.csproj
    exec bench/bin/Debug/net10.0/Meduza.Bench
}

prepare_lab() {
    need_root "$1"
    need_lab_tools
    publish_binary
    say "building the lab"
    dotnet build "$2" -c Debug -v quiet -nologo -clp:ErrorsOnly >&2 || die "the lab does not compile; the errors are above"
    export MEDUZA_INIT=$PWD/artifacts/meduza-init
}
