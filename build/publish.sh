# The native binary: artifacts/meduza-init, stripped; its symbols lie in artifacts/symbols.

publish_binary() {
    need_sdk
    need_link_tools
    local rid out=artifacts/publish
    rid=$(runtime_id)
    say "compiling meduza-init for $rid"
    dotnet publish src/Meduza.Init/Meduza.Init.csproj -c Release -r "$rid" -o "$out" -v quiet -nologo -clp:ErrorsOnly >&2 ||
        die "meduza-init does not compile; the errors are above"
    mkdir -p artifacts/symbols
    # Renamed into place: the one that is there may be running.
    install -m 755 "$out/meduza-init" artifacts/meduza-init.new
    mv -f artifacts/meduza-init.new artifacts/meduza-init
    install -m 644 "$out/meduza-init.dbg" artifacts/symbols/meduza-init.dbg
    ln -sfn meduza-init artifacts/meduza
    say "artifacts/meduza-init: $(stat -c %s artifacts/meduza-init | numfmt --to=si --format=%.1f --suffix=B)"
}

# What stands in for programs that no archive has: artifacts/meduza-doubles.
publish_doubles() {
    local rid
    need_sdk
    need_link_tools
    rid=$(runtime_id)
    say "compiling meduza-doubles for $rid"
    dotnet publish tests/Meduza.Doubles/Meduza.Doubles.csproj -c Release -r "$rid" -o artifacts/doubles -v quiet -nologo -clp:ErrorsOnly >&2 ||
        die "meduza-doubles does not compile; the errors are above"
    install -m 755 artifacts/doubles/meduza-doubles artifacts/meduza-doubles.new
    mv -f artifacts/meduza-doubles.new artifacts/meduza-doubles
}

# publish_for ARCHITECTURE
# Where the machine is another one the compiler crosses over: artifacts/meduza-init-arm64, and its symbols.
publish_for() {
    local out=artifacts/publish-$1
    if [ "$1" = "$(image_architecture)" ]; then
        publish_binary
        return
    fi
    [ "$1" = arm64 ] || die "a binary for $1 is compiled on such a machine only; arm64 also on x86-64"
    need_sdk
    install_missing "compiling for arm64" "${CROSS_NEEDS[@]}" aarch64-linux-gnu-objcopy=binutils-aarch64-linux-gnu
    say "compiling meduza-init for linux-arm64"
    dotnet publish src/Meduza.Init/Meduza.Init.csproj -c Release -r linux-arm64 -o "$out" -v quiet -nologo -clp:ErrorsOnly \
        -p:CppCompilerAndLinker="$PWD/build/aarch64-cc.sh" -p:ObjCopyName=aarch64-linux-gnu-objcopy -p:ExecStageCompiler=aarch64-linux-gnu-gcc >&2 ||
        die "meduza-init does not compile for arm64; the errors are above"
    mkdir -p artifacts/symbols
    install -m 755 "$out/meduza-init" "artifacts/meduza-init-$1"
    install -m 644 "$out/meduza-init.dbg" "artifacts/symbols/meduza-init-$1.dbg"
    say "artifacts/meduza-init-$1: $(stat -c %s "artifacts/meduza-init-$1" | numfmt --to=si --format=%.1f --suffix=B)"
}

# By the account of the native compiler, which it gives only when asked.
measure_size() {
    local rid
    need_sdk
    need_link_tools
    rid=$(runtime_id)
    say "compiling meduza-init for $rid, with an account of its bytes"
    dotnet publish src/Meduza.Init/Meduza.Init.csproj -c Release -r "$rid" -o artifacts/size -v quiet -nologo -clp:ErrorsOnly \
        -p:IlcGenerateMstatFile=true >&2 || die "meduza-init does not compile; the errors are above"
    say "artifacts/size/meduza-init: $(stat -c %s artifacts/size/meduza-init | numfmt --to=si --format=%.1f --suffix=B)"
    dotnet build bench/Meduza.Bench.csproj -c Release -v quiet -nologo '-clp:ErrorsOnly;NoSummary' >&2 || die "the account cannot be read; the errors are above"
    exec bench/bin/Release/net10.0/Meduza.Bench size "src/Meduza.Init/obj/Release/net10.0/$rid/native/meduza-init.mstat"
}

runtime_id() {
    case $(uname -m) in
        x86_64) echo linux-x64 ;;
        aarch64) echo linux-arm64 ;;
        *) die "there is no native compiler for $(uname -m)" ;;
    esac
}
