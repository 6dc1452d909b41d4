#!/usr/bin/env bash
# Builds, tests and shows Meduza. Every verb installs by itself what it needs and the machine does not have yet.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

source build/common.sh
source build/packages.sh
source build/publish.sh
source build/tests.sh

usage() {
    cat <<'TEXT'
usage: ./build.sh [VERB]

  (none)        build artifacts/meduza-init, and the link artifacts/meduza to it
  test          run every test, those of the lab included (as root)
  test unit     run the tests that need no root
  clean         remove everything that was built
TEXT
}

main() {
    case "${1-}${2+ $2}" in
        "") publish_binary ;;
        test) test_all ;;
        "test unit") test_unit ;;
        clean) clean ;;
        -h | --help | help) usage ;;
        *)
            printf 'build.sh: there is no verb "%s"\n' "$*" >&2
            usage >&2
            exit 2
            ;;
    esac
}

main "$@"
