/* SPDX-License-Identifier: Apache-2.0 */
/* The version, as it stands in reports; the build names it in one place. */

#include "twoway/version.h"

#ifndef TW_VERSION
#error "build with -DTW_VERSION, as meson.build does"
#endif

const char *tw_version(void)
{
	return TW_VERSION;
}
