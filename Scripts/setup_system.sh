#!/bin/sh
# Installs the Debian packages that building and running Anneal needs, where they are missing.
#
#   Scripts/setup_system.sh [PACKAGE…]     the packages named, or the usual ones
#
# Packages that are there already are left alone, and the package lists are fetched only where
# something is missing. On a system without apt it prints what to install and exits 2, unless
# everything is found.
set -eu

usual='ca-certificates g++ git libbz2-dev libicu-dev liblzma-dev libopenblas0-pthread libsnappy-dev
libxml2-dev libzstd-dev pkg-config poppler-utils wordnet-base zlib1g-dev'

say() { printf '%s\n' "$*" >&2; }

apt_present() { command -v apt-get >/dev/null 2>&1; }

installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

# Runs a command as root: as it stands, or by sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

need_compiler() {
  command -v swift >/dev/null 2>&1 && return
  say 'Swift is missing. Get Swift 6.3 or newer from https://www.swift.org/install/linux/ and put'
  say "its bin folder on PATH. (Debian's package named swift is another program.)"
  exit 2
}

install_by_apt() {
  missing=''
  for package in "$@"; do
    installed "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0

  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
    say "These packages are missing, and there is no sudo. As root, run"
    say "  apt-get update && apt-get install -y$missing"
    exit 2
  fi
  say "Installing$missing"
  # A failed refresh of one list is no reason to stop: the install tells whether it mattered.
  as_root apt-get -q update >&2 || say 'The package lists could not all be refreshed.'
  # shellcheck disable=SC2086  # a list of package names
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
    --no-install-recommends install $missing </dev/null >&2 || {
    say "apt could not install$missing. Is there a network? Install them, then start again."
    exit 2
  }
}

# Without apt: look for the libraries themselves.
libraries_found() {
  command -v git >/dev/null 2>&1 \
    && pkg-config --exists libxml-2.0 icu-i18n zlib libzstd liblzma 2>/dev/null \
    && ldconfig -p 2>/dev/null | grep -q 'libopenblas\.so\.0'
}

list_needs() {
  say 'Anneal needs, besides Swift, these things, and this system has no apt to install them with:'
  say '  git, pkg-config, a C++ compiler'
  say '  libxml2, ICU, zlib, zstd, bzip2, xz (liblzma) and snappy with their headers'
  say '  pdftotext (poppler-utils), for PDF'
  say '  OpenBLAS, the shared library libopenblas.so.0'
  say '  the WordNet 3.0 database files in /usr/share/wordnet, for augment.synonyms'
  # shellcheck disable=SC2086  # a list of package names
  say "Debian and Ubuntu call them" $usual
  say 'Fedora calls them git pkgconf gcc-c++ libxml2-devel libicu-devel zlib-devel libzstd-devel'
  say 'bzip2-devel xz-devel snappy-devel poppler-utils openblas wordnet'
}

if [ $# -gt 0 ]; then
  apt_present || {
    say "This system has no apt. Install what Debian calls $*, then start again."
    exit 2
  }
  install_by_apt "$@"
  exit 0
fi

need_compiler
if apt_present; then
  # shellcheck disable=SC2086  # a list of package names
  install_by_apt $usual
else
  libraries_found || {
    list_needs
    exit 2
  }
fi
