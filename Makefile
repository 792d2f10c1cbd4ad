# SPDX-License-Identifier: Apache-2.0
# The front door. Meson builds; this file compiles nothing itself.
BUILD = build

demo:
	@sh tools/prepare build
	@sh tools/demo $(BUILD)

check:
	@sh tools/prepare check
	@sh tools/check $(BUILD)

bench:
	@sh tools/prepare check
	@sh tools/bench $(BUILD)

clean:
	rm -rf $(BUILD)

.PHONY: demo check bench clean
