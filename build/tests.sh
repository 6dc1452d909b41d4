# Running the tests. Each project under tests/ is an executable; the last line is the sum of their reports.

readonly REPORTS=artifacts/tests

test_all() {
    need_root test
    need_lab_tools
    need_cross_tools
    need_mihomo_schema
    need_other_frr
    publish_binary
    publish_doubles
    need_image
    need_engines
    need_vm
    run_tests tests/*.Tests/*.csproj tests/Meduza.Lab/*.csproj tests/Meduza.Container/*.csproj tests/Meduza.Vm/*.csproj
}

# Not in it: the lab, the container and the virtual machine. Many of these too try the real programs, in namespaces of their own.
test_unit() {
    need_root "test unit"
    need_lab_tools
    need_cross_tools
    need_mihomo_schema
    need_other_frr
    run_tests tests/*.Tests/*.csproj
}

run_tests() {
    local project name passed=0 failed=0
    need_sdk
    need_link_tools
    mkdir -p "$REPORTS"
    export MEDUZA_INIT=$PWD/artifacts/meduza-init MEDUZA_DOUBLES=$PWD/artifacts/meduza-doubles
    say "building the tests"
    # One build for all, so that what they share is compiled once.
    dotnet build Meduza.sln -c Debug -v quiet -nologo '-clp:ErrorsOnly;NoSummary' >&2 || die "the tests do not compile; the errors are above"
    for project in "$@"; do
        name=$(basename "$project" .csproj)
        run_test_executable "$name"
    done
    [ -z "$other_frr" ] || MEDUZA_FRR_ROOT=$other_frr run_test_executable Meduza.Gateway.Tests frr-$IMAGE_RELEASE --filter-trait FRR=any
    if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then
        say "no test ran"
        failed=1
    fi
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}

# run_test_executable PROJECT [VARIANT OPTION...]
run_test_executable() {
    local project=$1 variant=${2:+-$2}
    shift $(($# < 2 ? $# : 2))
    count_tests "$project$variant" "tests/$project/bin/Debug/net10.0/$project" "$@"
}

# count_tests NAME COMMAND...
# Runs an executable of tests, and adds to passed and failed of who calls. A skipped test is a failed one, and so is an
# executable that ends badly without saying which test it was.
count_tests() {
    local name=$1 status=0 counts p=0 f=0
    local report=$REPORTS/$name.xml
    shift
    rm -f "$report"
    say "$name"
    "$@" --progress off --ansi off --fail-skips on --timeout 20m \
        --results-directory "$PWD/$REPORTS" --report-xunit-xml --report-xunit-xml-filename "$name.xml" || status=$?
    if [ -s "$report" ]; then
        counts=$(assembly_counts "$report")
        read -r p f <<< "$counts"
    fi
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        say "$name ended with $status"
        f=1
    fi
    passed=$((passed + p))
    failed=$((failed + f))
}

# The passed and the failed of a report, from the attributes of its assembly elements.
assembly_counts() {
    awk '
        function count(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
        BEGIN { RS = "<" }
        /^assembly / { passed += count("passed"); failed += count("failed") + count("skipped") + count("errors") }
        END { print passed + 0, failed + 0 }' "$1"
}
