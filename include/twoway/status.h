/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_STATUS_H
#define TWOWAY_STATUS_H

/**
 * Statuses: what every fallible function of libtwoway returns.
 *
 * A status says what happened to the call, never what a person should read: text for people travels
 * as diagnostics (diag.h). The library never prints, exits, aborts on input, or reads the
 * environment, the locale or the clock.
 */

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) || defined(__clang__)
#define TW_NODISCARD	     __attribute__((warn_unused_result))
#define TW_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define TW_NODISCARD
#define TW_PRINTF(fmt, args)
#endif

/* X(name, exit code of a program that ends with it, text) */
#define TW_STATUS_TABLE(X)                                                                         \
	X(TW_OK, 0, "success")                                                                     \
	X(TW_ENOMEM, 3, "out of memory")                                                           \
	X(TW_EIO, 2, "input or output error")                                                      \
	X(TW_EPARSE, 2, "input cannot be read or understood")                                      \
	X(TW_EINVAL, 2, "invalid argument")                                                        \
	X(TW_ELIMIT, 3, "an internal limit was reached")                                           \
	X(TW_EUNSUP, 2, "not supported")                                                           \
	X(TW_EBUG, 3, "a fault of twoway itself")

typedef enum tw_status {
#define TW_STATUS_ENUM(name, exit, text) name,
	TW_STATUS_TABLE(TW_STATUS_ENUM)
#undef TW_STATUS_ENUM
} tw_status;

/** The text of a status, for logs; never NULL. */
const char *tw_status_text(tw_status status);

/** The exit code of contract section 2 that a program ending with this status uses. */
int tw_status_exit(tw_status status);

#ifdef __cplusplus
}
#endif
#endif
