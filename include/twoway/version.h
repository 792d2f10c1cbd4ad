/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_VERSION_H
#define TWOWAY_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

/** The version of the library, "0.1.0". */
const char *tw_version(void);

#ifdef __cplusplus
}
#endif
#endif
