#!/bin/sh
# The C compiler for arm64 as a linker for the native compiler, which speaks to a cross linker as to clang: gcc is one by its
# name, and does not know --target.
for argument; do
    shift
    case $argument in
        --target=*) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec aarch64-linux-gnu-gcc "$@"
