# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Completion of twoway(1) for bash, made by twoway itself.

_twoway() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} words='' files=''

	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W 'check trace lint fix gen diff clients rule help --help --version' -- "$cur")
		return
	fi
	# --name=value comes as three words.
	if [[ $prev == '=' ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == '=' ]]; then
		cur=''
	fi
	case $command:$prev in
	check:-c | check:--client) words='linux amazon-linux windows windows-xp windows-2003 macos freebsd openbsd netbsd solaris aix nat nat-gateway elb alb lambda linux-snat eks-snat dns-resolver iana any' ;;
	check:--intents) files=yes ;;
	check:--input-type) words='auto aws-cli np-guard' ;;
	check:--fail-on) words='error warning note' ;;
	check:--today) words='' ;;
	check:-o | check:--format) words='text concise json' ;;
	check:--color) words='auto always never' ;;
	check:--width) words='' ;;
	trace:--from) words='' ;;
	trace:--to) words='' ;;
	trace:-p | trace:--port) words='' ;;
	trace:--protocol) words='' ;;
	trace:-c | trace:--client) words='linux amazon-linux windows windows-xp windows-2003 macos freebsd openbsd netbsd solaris aix nat nat-gateway elb alb lambda linux-snat eks-snat dns-resolver iana any' ;;
	trace:--source-ports) words='' ;;
	trace:--intents) files=yes ;;
	trace:--input-type) words='auto aws-cli np-guard' ;;
	trace:-o | trace:--format) words='text concise json' ;;
	trace:--color) words='auto always never' ;;
	trace:--width) words='' ;;
	lint:--quota) words='' ;;
	lint:-c | lint:--client) words='linux amazon-linux windows windows-xp windows-2003 macos freebsd openbsd netbsd solaris aix nat nat-gateway elb alb lambda linux-snat eks-snat dns-resolver iana any' ;;
	lint:--intents) files=yes ;;
	lint:--input-type) words='auto aws-cli np-guard' ;;
	lint:--fail-on) words='error warning note' ;;
	lint:--today) words='' ;;
	lint:-o | lint:--format) words='text concise json' ;;
	lint:--color) words='auto always never' ;;
	lint:--width) words='' ;;
	fix:--as) words='aws terraform terraform-inline cloudformation' ;;
	fix:--rank) words='' ;;
	fix:--quota) words='' ;;
	fix:-c | fix:--client) words='linux amazon-linux windows windows-xp windows-2003 macos freebsd openbsd netbsd solaris aix nat nat-gateway elb alb lambda linux-snat eks-snat dns-resolver iana any' ;;
	fix:--intents) files=yes ;;
	fix:--input-type) words='auto aws-cli np-guard' ;;
	fix:--fail-on) words='error warning note' ;;
	fix:--today) words='' ;;
	fix:-o | fix:--format) words='text concise json' ;;
	fix:--color) words='auto always never' ;;
	fix:--width) words='' ;;
	gen:--from) words='' ;;
	gen:--to) words='' ;;
	gen:--as) words='text aws terraform terraform-inline cloudformation json' ;;
	gen:--quota) words='' ;;
	gen:-c | gen:--client) words='linux amazon-linux windows windows-xp windows-2003 macos freebsd openbsd netbsd solaris aix nat nat-gateway elb alb lambda linux-snat eks-snat dns-resolver iana any' ;;
	gen:--intents) files=yes ;;
	gen:--input-type) words='auto aws-cli np-guard' ;;
	gen:-o | gen:--format) words='text concise json' ;;
	gen:--color) words='auto always never' ;;
	gen:--width) words='' ;;
	diff:-c | diff:--client) words='linux amazon-linux windows windows-xp windows-2003 macos freebsd openbsd netbsd solaris aix nat nat-gateway elb alb lambda linux-snat eks-snat dns-resolver iana any' ;;
	diff:--intents) files=yes ;;
	diff:--input-type) words='auto aws-cli np-guard' ;;
	diff:-o | diff:--format) words='text concise json' ;;
	diff:--color) words='auto always never' ;;
	diff:--width) words='' ;;
	clients:--intents) files=yes ;;
	clients:-o | clients:--format) words='text concise json' ;;
	clients:--color) words='auto always never' ;;
	clients:--width) words='' ;;
	rule:-o | rule:--format) words='text concise json' ;;
	rule:--color) words='auto always never' ;;
	rule:--width) words='' ;;
	check:*)
		words='--client --intents --input-type --fail-on --today --format --verbose --quiet --color --ascii --width --help'
		[[ $cur == -* ]] || files=yes
		;;
	trace:*)
		words='--from --to --port --protocol --client --source-ports --all --intents --input-type --format --verbose --quiet --color --ascii --width --help'
		[[ $cur == -* ]] || files=yes
		;;
	lint:*)
		words='--quota --compliance --client --intents --input-type --fail-on --today --format --verbose --quiet --color --ascii --width --help'
		[[ $cur == -* ]] || files=yes
		;;
	fix:*)
		words='--as --apply --review --rank --quota --client --intents --input-type --fail-on --today --format --verbose --quiet --color --ascii --width --help'
		[[ $cur == -* ]] || files=yes
		;;
	gen:*)
		words='--from --to --as --quota --client --intents --input-type --format --verbose --quiet --color --ascii --width --help'
		[[ $cur == -* ]] || words=''
		;;
	diff:*)
		words='--filters --exit-code --client --intents --input-type --format --verbose --quiet --color --ascii --width --help'
		[[ $cur == -* ]] || files=yes
		;;
	clients:*)
		words='--intents --format --verbose --quiet --color --ascii --width --help'
		[[ $cur == -* ]] || words=''
		;;
	rule:*)
		words='--format --verbose --quiet --color --ascii --width --help'
		[[ $cur == -* ]] || words='TW101 TW102 TW103 TW104 TW105 TW107 TW108 TW109 TW110 TW111 TW112 TW113 TW114 TW115 TW116 TW117 TW118 TW119 TW201 TW202 TW203 TW204 TW205 TW206 TW207 TW301 TW302 TW303 TW304 TW401 TW402 TW403 TW404 TW405 TW406 TW407 TW408 TW409 TW410 TW411 TW412 TW413 TW414 TW601 TW602 TW603 TW604 TW901 TW902 TW903 TW904 TW905'
		;;
	help:*)
		words='--help'
		[[ $cur == -* ]] || words='check trace lint fix gen diff clients rule help'
		;;
	esac
	if [[ $files ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		compopt -o filenames 2>/dev/null
	else
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	fi
}
complete -F _twoway twoway
