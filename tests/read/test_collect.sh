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
*describe-transit-gateway-route-tables*text*) printf 'tgw-rtb-0a1\tno-table\n' ;;
*describe-load-balancers*text*) printf '%s:loadbalancer/app/web/0a\t../x\n' arn:lb ;;
*describe-listeners*text*) printf '%s:listener/app/web/0a/0b\n' arn:lb ;;
*describe-target-groups*text*) printf '%s:targetgroup/web-1/0c\n' arn:lb ;;
*describe-target-groups*)
	echo '{"TargetGroups": [{"TargetGroupArn": "arn:lb:targetgroup/web-1/0c"}]}' ;;
*describe-target-group-attributes*)
	echo '{"Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "false"}]}' ;;
*describe-target-health*)
	echo '{"TargetHealthDescriptions": [{"Target": {"Id": "i-1", "Port": 80}}]}' ;;
*describe-rules*)
	echo '{"Rules": [{"RuleArn": "arn:lb:listener-rule/app/web/0a/0b/0d", "Actions": []}]}' ;;
*search-transit-gateway-routes*) echo '{"Routes": [], "AdditionalRoutesAvailable": false}' ;;
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
	managed-prefix-lists prefix-list-entries-pl-0a1 prefix-list-entries-pl-0b2 \
	nat-gateways vpc-endpoints vpc-peering-connections transit-gateways \
	transit-gateway-vpc-attachments transit-gateway-attachments \
	transit-gateway-route-tables transit-gateway-routes-tgw-rtb-0a1 load-balancers \
	target-groups listeners-app_web_0a rules-app_web_0a_0b \
	target-group-attributes-targetgroup_web-1_0c target-health-targetgroup_web-1_0c; do
	[ -s "$work/cwd/my net/$name.json" ] || fault "there is no $name.json"
done
[ "$(find "$work/cwd" -type f ! -name '*.json')" = '' ] || fault "left a file behind"
[ ! -s "$work/out" ] || fault "wrote to standard output"
while read -r call; do
	case $call in
	"--region eu-west-1 --profile audit ec2 describe-"*) ;;
	"--region eu-west-1 --profile audit elbv2 describe-"*) ;;
	"--region eu-west-1 --profile audit ec2 get-managed-prefix-list-entries "*) ;;
	"--region eu-west-1 --profile audit ec2 search-transit-gateway-routes "*) ;;
	*) fault "called aws $call" ;;
	esac
	case $call in
	*"--output json" | *"--output text") ;;
	*) fault "called aws without --output: $call" ;;
	esac
done <"$work/calls"
grep -q 'get-managed-prefix-list-entries --prefix-list-id pl-0b2' "$work/calls" ||
	fault "did not ask for the entries of pl-0b2"
grep -q 'Name=state,Values=active,blackhole' "$work/calls" || fault "asks for a part of the routes"
for id in pl-../x no-table ../x; do
	grep -q "$id is not an id" "$work/err" || fault "takes $id for an id"
done
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

# So it is with the ids that further calls are about.
refused=TargetGroups[].TargetGroupArn
run 1 few
refused=nothing
[ -s "$work/cwd/few/target-groups.json" ] || fault "lost the answer itself"
grep -q 'attributes and health of target groups are left out' "$work/err" ||
	fault "does not say that attributes are left out"

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
