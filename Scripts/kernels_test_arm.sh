#!/bin/sh
# The test of the kernels (Scripts/kernels_test.sh) for 64-bit Arm, on any machine: compiled by the
# clang that comes with Swift against Debian's Arm libraries, and run by qemu.
#
#   Scripts/kernels_test_arm.sh
#
# Installs the Debian packages it needs where they are missing.
set -eu
cd "$(dirname "$0")/.."

Scripts/setup_system.sh gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user

CC=${CC:-$(dirname "$(readlink -f "$(command -v swift)")")/clang}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# GCC's own Arm compiler lacks the vector types of the kernels; its libraries and linker serve.
for file in Sources/CKernels/*.c Tests/CKernelsTests/*.c; do
  "$CC" --target=aarch64-linux-gnu -std=gnu11 -O2 -Wall -Wextra -Werror \
    -I Sources/CKernels/include -I Sources/CKernels -isystem /usr/aarch64-linux-gnu/include \
    -c "$file" -o "$folder/$(basename "$file" .c).o"
done
aarch64-linux-gnu-gcc -static "$folder"/*.o -o "$folder/kernels" -lm -lpthread
qemu-aarch64 "$folder/kernels"
