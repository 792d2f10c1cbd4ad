# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the scripts beside it.

# configure DIR [OPTION...]: makes DIR a build directory with these options, or brings the one that
# is there up to date, so that a new test case is seen. What another Meson left is made anew.
configure() {
	configure_dir=$1
	shift
	if [ -f "$configure_dir/meson-private/coredata.dat" ]; then
		meson setup --reconfigure "$configure_dir" "$@" && return
		echo "configure: $configure_dir cannot be brought up to date and is made anew"
		rm -rf "$configure_dir"
	fi
	meson setup "$configure_dir" "$@"
}
