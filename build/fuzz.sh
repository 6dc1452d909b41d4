# The long run of the fuzzing whose short run is among the tests: messages that went wrong, given to every netlink parser.

# run_fuzz [MESSAGES [SEED]]
run_fuzz() {
    local out=artifacts/fuzz messages=${1:-10000000} seed=${2:-$((RANDOM * 32768 + RANDOM))}
    need_sdk
    say "building the fuzzing"
    dotnet build tests/Meduza.Linux.Tests/Meduza.Linux.Tests.csproj -c Release -o "$out" -v quiet -nologo -clp:ErrorsOnly >&2 ||
        die "the fuzzing does not compile; the errors are above"
    say "$messages messages; the same ones again by: ./build.sh fuzz $messages $seed"
    MEDUZA_FUZZ_MESSAGES=$messages MEDUZA_FUZZ_SEED=$seed exec "$out/Meduza.Linux.Tests" --progress off --ansi off \
        --results-directory "$PWD/artifacts/tests" --show-live-output on --timeout 60m --filter-method '*NetlinkFuzzTests.Mutated_messages*'
}
