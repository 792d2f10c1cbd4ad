/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_TWOWAY_H
#define TWOWAY_TWOWAY_H

/** libtwoway in one header. Start with read.h (what goes in) and check.h (what comes out). */

#include "twoway/check.h"
#include "twoway/client.h"
#include "twoway/diag.h"
#include "twoway/diff.h"
#include "twoway/edit.h"
#include "twoway/fix.h"
#include "twoway/gen.h"
#include "twoway/intents.h"
#include "twoway/lint.h"
#include "twoway/memory.h"
#include "twoway/net.h"
#include "twoway/read.h"
#include "twoway/source.h"
#include "twoway/space.h"
#include "twoway/status.h"
#include "twoway/version.h"
#include "twoway/write.h"

#endif
