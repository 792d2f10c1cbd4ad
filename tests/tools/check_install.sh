#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs into a folder of its own and uses what is there as a stranger would: the program, and the
# library through pkg-config.
#
#   check_install.sh BUILD_DIRECTORY COMPILER
set -eu

build=$1
compiler=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

# The build is complete when tests run; an install must not start another.
DESTDIR=$root meson install -C "$build" --no-rebuild --quiet

# The end of a path, as twoway/status.h: the folders before it are the system's choice.
file_of() {
	found=$(find "$root" ! -type d -path "*/$1" | head -n 1)
	[ -n "$found" ] || { echo "$1 was not installed" >&2; exit 1; }
	printf '%s\n' "$found"
}

"$(file_of bin/twoway)" --version
for name in twoway/status.h libtwoway.a man1/twoway.1 bash-completion/completions/twoway \
	zsh/site-functions/_twoway fish/vendor_completions.d/twoway.fish \
	twoway/report.schema.json; do
	file_of "$name" >/dev/null
done

pkgconfig=$(dirname "$(file_of pkgconfig/twoway.pc)")
libraries=$(dirname "$(file_of libtwoway.so)")
export PKG_CONFIG_PATH="$pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"

cat >"$root/use.c" <<'END'
#include <stdio.h>
#include <twoway/status.h>

int main(void)
{
	return puts(tw_status_text(TW_OK)) < 0;
}
END
# shellcheck disable=SC2046 # flags
"$compiler" "$root/use.c" -o "$root/use" $(pkg-config --cflags --libs twoway)
LD_LIBRARY_PATH=$libraries "$root/use"
