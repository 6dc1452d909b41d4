# Words that the other parts of build.sh share.

# A build must leave nothing running behind: no MSBuild node, no compiler server.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Daemons lie in sbin, which the PATH of a login without root leaves out.
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

say() { printf '== %s\n' "$*" >&2; }

die() {
    printf 'build.sh: %s\n' "$*" >&2
    exit 1
}

need_root() {
    [ "$(id -u)" -eq 0 ] || die "$1 makes network namespaces and mounts, so it must be run as root"
}

need_sdk() {
    command -v dotnet > /dev/null || die "the .NET SDK is missing: install version 10 (https://dot.net/download), then run this again"
    dotnet --version > /dev/null 2>&1 || die "no .NET SDK here fits global.json: $(tr -d '\n' < global.json); see dotnet --list-sdks"
}

clean() {
    rm -rf artifacts
    find src tests bench tools -maxdepth 2 -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} + 2> /dev/null
    say "removed artifacts, and the bin and obj folders"
}
