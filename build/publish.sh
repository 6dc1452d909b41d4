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
    say "artifacts/meduza-init: $(stat -c %s artifacts/meduza-init | numfmt --to=si --suffix=B)"
}

runtime_id() {
    case $(uname -m) in
        x86_64) echo linux-x64 ;;
        aarch64) echo linux-arm64 ;;
        *) die "there is no native compiler for $(uname -m)" ;;
    esac
}
