#!/bin/sh
# Compares the numerical kernels with plain loops, at every instruction set this processor has.
#
#   Scripts/kernels_test.sh               plainly
#   Scripts/kernels_test.sh -sanitize     also under the address, undefined-behaviour and thread
#                                         sanitizers
#
# The programs are small C ones, so this takes seconds where building all of Anneal takes minutes.
# CC names the compiler: the clang that comes with Swift unless set.
set -eu
cd "$(dirname "$0")/.."

case "${1:-}" in
  '' | -sanitize) ;;
  *)
    echo 'usage: Scripts/kernels_test.sh [-sanitize]' >&2
    exit 2
    ;;
esac

swift=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
CC=${CC:-$swift/bin/clang}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Builds the program with the flags given and runs it.
check() {
  printf '==> %s\n' "$*"
  "$CC" -std=gnu11 -g "$@" -Wall -Wextra -Werror -I Sources/CKernels/include -I Sources/CKernels \
    Sources/CKernels/*.c Tests/CKernelsTests/*.c -o "$folder/kernels" -lm -lpthread
  "$folder/kernels"
}

check -O2
[ "${1:-}" = -sanitize ] || exit 0
check -O1 -fuse-ld=lld -fsanitize=address,undefined -fno-sanitize-recover=all
# Swift's thread sanitizer also watches Dispatch, so it wants to be linked with it.
check -O1 -fuse-ld=lld -fsanitize=thread "-L$swift/lib/swift/linux" \
  "-Wl,-rpath,$swift/lib/swift/linux" -ldispatch -lBlocksRuntime
