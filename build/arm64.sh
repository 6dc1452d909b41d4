# Unit tests as programs of arm64, on a machine that is none: compiled here, and run by QEMU's user mode with Debian's
# libraries of that architecture.

readonly ARM64_TESTS=(Meduza.Abi.Tests Meduza.Linux.Tests Meduza.Gateway.Tests)
# What the runtime of .NET needs; they come with the packages of the image.
readonly ARM64_LIBRARIES=(libc6 libssl3t64 libstdc++6 libgcc-s1 zlib1g libzstd1)

test_arm64() {
    local name root=artifacts/arm64/root passed=0 failed=0
    [ "$(uname -m)" = x86_64 ] || die "test arm64 emulates that machine on an x86-64 one; on arm64 itself there is test"
    need_root "test arm64"
    need_sdk
    need_lab_tools
    need_cross_tools
    fetch_image_packages arm64
    rm -rf $root
    mkdir -p $root "$REPORTS"
    for name in "${ARM64_LIBRARIES[@]}"; do cp -a "$IMAGE_FOLDER/packages-arm64/$name/usr" $root; done
    ln -s usr/lib $root/lib
    for name in "${ARM64_TESTS[@]}"; do
        say "compiling $name for linux-arm64"
        dotnet publish "tests/$name/$name.csproj" -c Debug -r linux-arm64 --self-contained -o "artifacts/arm64/$name" -v quiet -nologo \
            -clp:ErrorsOnly -p:ExecStageCompiler=aarch64-linux-gnu-gcc >&2 || die "$name does not compile for arm64; the errors are above"
        # Its code is written once: each page of it mapped twice, as the runtime has it, is slow when emulated. Tests of what
        # QEMU's user mode cannot do are marked.
        # Programs, and what is random, are the same there, and slow.
        MEDUZA_EMULATED=1 DOTNET_EnableWriteXorExecute=0 count_tests "$name-arm64" qemu-aarch64 -L $root "artifacts/arm64/$name/$name" \
            --filter-not-trait Emulated=no --filter-not-namespace 'Meduza.Gateway.Tests.Programs*' --filter-not-namespace 'Meduza.Gateway.Tests.Fuzz*'
    done
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}
