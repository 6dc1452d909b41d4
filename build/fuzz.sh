# The long runs of the fuzzing whose short runs are among the tests: messages that went wrong, given to every netlink
# parser, and hostile keys, given to the model and every renderer.

# run_fuzz [netlink|rendering] [N [SEED]]
run_fuzz() {
    local what=both
    case ${1-} in
        netlink | rendering) what=$1 && shift ;;
    esac
    local seed=${2:-$((RANDOM * 32768 + RANDOM))}
    need_sdk
    need_link_tools
    [ $what = rendering ] || fuzz_netlink "${1:-10000000}" "$seed"
    [ $what = netlink ] || fuzz_rendering "${1:-100000}" "$seed"
}

# fuzz_netlink MESSAGES SEED
fuzz_netlink() {
    say "$1 messages; the same ones again by: ./build.sh fuzz netlink $1 $2"
    MEDUZA_FUZZ_MESSAGES=$1 MEDUZA_FUZZ_SEED=$2 fuzz Meduza.Linux.Tests '*NetlinkFuzzTests.Mutated_messages*'
}

# fuzz_rendering FLEETS SEED
fuzz_rendering() {
    need_mihomo_schema
    say "$1 fleets; the same ones again by: ./build.sh fuzz rendering $1 $2"
    MEDUZA_FUZZ_FLEETS=$1 MEDUZA_FUZZ_SEED=$2 fuzz Meduza.Gateway.Tests '*.Fuzz.*'
}

# fuzz PROJECT METHODS
fuzz() {
    local out=artifacts/fuzz/$1
    dotnet build "tests/$1/$1.csproj" -c Release -o "$out" -v quiet -nologo '-clp:ErrorsOnly;NoSummary' >&2 ||
        die "the fuzzing does not compile; the errors are above"
    "$out/$1" --progress off --ansi off --results-directory "$PWD/artifacts/tests" --show-live-output on --timeout 60m --filter-method "$2"
}
