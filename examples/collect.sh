#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Collects what twoway reads into a folder, with read-only `aws` calls:
#
#	examples/collect.sh [--region REGION] [--profile PROFILE] FOLDER
#	twoway check FOLDER
#
# It needs the AWS command line and permission for ec2:Describe*, ec2:GetManagedPrefixListEntries and
# elasticloadbalancing:Describe*. It changes nothing in the account, and writes only into FOLDER,
# which must be new or empty: old and new answers in one folder would contradict each other. The
# `aws` command joins the pages of an answer by itself, so each file is a whole answer. A call that
# does not succeed is told, and the rest goes on; the exit status is then 1.

set -eu

say() {
	printf '%s\n' "$*" >&2
}

usage() {
	say "usage: collect.sh [--region REGION] [--profile PROFILE] FOLDER"
	exit 2
}

region=''
profile=''
folder=''
while [ $# -gt 0 ]; do
	case $1 in
	--region | --profile)
		[ $# -ge 2 ] || usage
		case $1 in
		--region) region=$2 ;;
		--profile) profile=$2 ;;
		esac
		shift 2
		;;
	-*) usage ;;
	*)
		[ -z "$folder" ] || usage
		folder=$1
		shift
		;;
	esac
done
[ -n "$folder" ] || usage

if ! command -v aws >/dev/null 2>&1; then
	say "collect.sh: the aws command was not found: install the AWS command line first"
	exit 2
fi
if [ -e "$folder" ] && [ ! -d "$folder" ]; then
	say "collect.sh: $folder is not a folder"
	exit 2
fi
mkdir -p -- "$folder"
if [ -n "$(ls -A "$folder")" ]; then
	say "collect.sh: $folder is not empty: give a new folder, so that old answers do not mix in"
	exit 2
fi

part=$folder/.part
trap 'rm -f "$part"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
missing=0

# call_aws ARGUMENT...: with the region and profile that were asked for, and never with a pager.
call_aws() {
	AWS_PAGER='' aws ${region:+--region "$region"} ${profile:+--profile "$profile"} "$@"
}

# collect FILE ARGUMENT...: the answer of one call, whole or not at all.
collect() {
	file=$1
	shift
	say "aws $* > $folder/$file"
	if call_aws "$@" --output json >"$part"; then
		mv -- "$part" "$folder/$file"
	else
		say "collect.sh: this call did not succeed; $file is left out"
		missing=$((missing + 1))
		rm -f "$part"
	fi
}

for kind in vpcs subnets network-acls security-groups security-group-rules network-interfaces \
	instances route-tables internet-gateways egress-only-internet-gateways \
	managed-prefix-lists nat-gateways vpc-endpoints vpc-peering-connections \
	transit-gateways transit-gateway-vpc-attachments; do
	collect "$kind.json" ec2 "describe-$kind"
done
collect load-balancers.json elbv2 describe-load-balancers
collect target-groups.json elbv2 describe-target-groups

# The entries of a prefix list do not say whose they are: the name of the file does.
if [ -f "$folder/managed-prefix-lists.json" ]; then
	say "aws ec2 describe-managed-prefix-lists (the ids)"
	if lists=$(call_aws ec2 describe-managed-prefix-lists \
		--query 'PrefixLists[].PrefixListId' --output text); then
		for list in $lists; do
			case $list in
			pl-*[!0-9a-z]*) say "collect.sh: $list is not an id of a prefix list" ;;
			pl-*)
				collect "prefix-list-entries-$list.json" \
					ec2 get-managed-prefix-list-entries --prefix-list-id "$list"
				;;
			esac
		done
	else
		say "collect.sh: this call did not succeed; entries of prefix lists are left out"
		missing=$((missing + 1))
	fi
fi

if [ "$missing" -gt 0 ]; then
	say "collect.sh: $missing calls did not succeed; what they would have told stays unknown"
	exit 1
fi
say "done: twoway check $folder"
