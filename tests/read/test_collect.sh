#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs examples/collect.sh against an `aws` of our own, which notes how it was called:
#
#	test_collect.sh COLLECT_SH [TWOWAY]
#
# With TWOWAY, the folder must be readable by it, too.

set -eu

script=$1
twoway=${2:-}
work=$(mktemp -d)
refused=nothing
trap 'rm -rf "$work"' EXIT

fault() {
	printf 'test_collect: %s\n' "$*" >&2
	exit 1
}

mkdir "$work/bin" "$work/cwd"
cat >"$work/bin/aws" <<'AWS'
#!/bin/sh
printf '%s\n' "$*" >>"$CALLS"
[ -z "${AWS_PAGER-unset}" ] || exit 9
case "$* " in
*" $REFUSED "*)
	echo '{"half": '
	exit 254
	;;
*describe-managed-prefix-lists*text*) printf 'pl-0a1\tpl-0b2\npl-../x\n' ;;
*describe-network-acls*)
	echo '{"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Entries": []}]}' ;;
*describe-managed-prefix-lists*)
	echo '{"PrefixLists": [{"PrefixListId": "pl-0a1"}, {"PrefixListId": "pl-0b2"}]}' ;;
*get-managed-prefix-list-entries*) echo '{"Entries": [{"Cidr": "192.0.2.0/24"}]}' ;;
*) echo '{}' ;;
esac
AWS
chmod +x "$work/bin/aws"

# run STATUS ARGUMENT...: in an empty folder, with our aws alone beside the system's commands.
run() {
	expected=$1
	shift
	: >"$work/calls"
	status=0
	(cd "$work/cwd" && CALLS=$work/calls REFUSED=$refused PATH=$work/bin:$PATH \
		sh "$script" "$@") >"$work/out" 2>"$work/err" || status=$?
	[ "$status" -eq "$expected" ] || {
		cat "$work/err" >&2
		fault "exit status $status instead of $expected: collect.sh $*"
	}
}

case $script in
/*) ;;
*) script=$PWD/$script ;;
esac
case $twoway in
/* | '') ;;
*) twoway=$PWD/$twoway ;;
esac

# All goes well: every answer has its file, and nothing else was written or changed.
run 0 --region eu-west-1 --profile audit 'my net'
[ "$(ls -A "$work/cwd")" = 'my net' ] || fault "wrote outside of its folder"
for name in vpcs subnets network-acls security-groups security-group-rules network-interfaces \
	instances route-tables internet-gateways egress-only-internet-gateways \
	managed-prefix-lists prefix-list-entries-pl-0a1 prefix-list-entries-pl-0b2; do
	[ -s "$work/cwd/my net/$name.json" ] || fault "there is no $name.json"
done
[ "$(find "$work/cwd" -type f ! -name '*.json')" = '' ] || fault "left a file behind"
[ ! -s "$work/out" ] || fault "wrote to standard output"
while read -r call; do
	case $call in
	"--region eu-west-1 --profile audit ec2 describe-"*) ;;
	"--region eu-west-1 --profile audit elbv2 describe-"*) ;;
	"--region eu-west-1 --profile audit ec2 get-managed-prefix-list-entries "*) ;;
	*) fault "called aws $call" ;;
	esac
	case $call in
	*"--output json" | *"--output text") ;;
	*) fault "called aws without --output: $call" ;;
	esac
done <"$work/calls"
grep -q 'get-managed-prefix-list-entries --prefix-list-id pl-0b2' "$work/calls" ||
	fault "did not ask for the entries of pl-0b2"
grep -q '> my net/subnets.json' "$work/err" || fault "does not say what it does"
if [ -n "$twoway" ]; then
	# 0 and 1 are both answers about the network; 2 is a refused input.
	status=0
	(cd "$work/cwd" && "$twoway" check 'my net' >"$work/out" 2>&1) || status=$?
	[ "$status" -le 1 ] || {
		cat "$work/out" >&2
		fault "twoway cannot read the folder"
	}
fi

# A folder with something in it is refused, and stays as it is.
run 2 'my net'
grep -q 'is not empty' "$work/err" || fault "does not say that the folder is not empty"
[ ! -s "$work/calls" ] || fault "called aws all the same"

# Without options none are passed.
run 0 plain
grep -q '^ec2 describe-vpcs --output json$' "$work/calls" || fault "passed something unasked"

# One refused call: told, left out, the rest is there, and the exit status says so.
refused=describe-route-tables
run 1 part
refused=nothing
[ ! -e "$work/cwd/part/route-tables.json" ] || fault "kept half an answer"
[ -s "$work/cwd/part/internet-gateways.json" ] || fault "stopped at a refused call"
grep -q 'route-tables.json is left out' "$work/err" || fault "does not say what is left out"

# Wrong usage, and no aws at all.
run 2
run 2 a b
run 2 --region
run 2 --verbose x
mkdir "$work/few"
for tool in sh mkdir ls rm mv cat; do
	ln -s "$(command -v $tool)" "$work/few/$tool"
done
status=0
(cd "$work/cwd" && PATH=$work/few sh "$script" none) 2>"$work/err" || status=$?
[ "$status" -eq 2 ] || fault "exit status $status without an aws command"
grep -q 'the aws command was not found' "$work/err" || fault "does not say that aws is missing"
[ ! -e "$work/cwd/none" ] || fault "made a folder all the same"
