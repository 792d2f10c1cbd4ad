#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Collects what twoway reads into a folder, with read-only `aws` calls:
#
#	examples/collect.sh [--region REGION] [--profile PROFILE] FOLDER
#	twoway check FOLDER
#
# It needs the AWS command line and permission for ec2:Describe*, ec2:GetManagedPrefixListEntries,
# ec2:SearchTransitGatewayRoutes and elasticloadbalancing:Describe*. It changes nothing in the account, and writes only into FOLDER,
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

# ids ARGUMENT...: the ids in an answer, with blanks between them.
ids() {
	say "aws $* (the ids)"
	call_aws "$@" --output text
}

# lost WHAT: the ids of something could not be asked for.
lost() {
	say "collect.sh: this call did not succeed; $1 are left out"
	missing=$((missing + 1))
}

# odd ID: an id goes into the name of a file, so it must look like one.
odd() {
	say "collect.sh: $1 is not an id that this script knows: left out"
}

# joined TEXT: the end of an ARN as a part of a file's name.
joined() {
	printf '%s' "$1" | tr / _
}

for kind in vpcs subnets network-acls security-groups security-group-rules network-interfaces \
	instances route-tables internet-gateways egress-only-internet-gateways \
	managed-prefix-lists nat-gateways vpc-endpoints vpc-peering-connections \
	transit-gateways transit-gateway-vpc-attachments transit-gateway-attachments \
	transit-gateway-route-tables; do
	collect "$kind.json" ec2 "describe-$kind"
done
collect load-balancers.json elbv2 describe-load-balancers
collect target-groups.json elbv2 describe-target-groups

# The entries of a prefix list do not say whose they are: the name of the file does.
if [ -f "$folder/managed-prefix-lists.json" ]; then
	if lists=$(ids ec2 describe-managed-prefix-lists --query 'PrefixLists[].PrefixListId'); then
		for list in $lists; do
			case $list in
			pl-*[!0-9a-z]*) odd "$list" ;;
			pl-*)
				collect "prefix-list-entries-$list.json" \
					ec2 get-managed-prefix-list-entries --prefix-list-id "$list"
				;;
			*) odd "$list" ;;
			esac
		done
	else
		lost "entries of prefix lists"
	fi
fi

# Nor do the routes of a transit gateway's route table. The filter lets every route pass.
if [ -f "$folder/transit-gateway-route-tables.json" ]; then
	if tables=$(ids ec2 describe-transit-gateway-route-tables \
		--query 'TransitGatewayRouteTables[].TransitGatewayRouteTableId'); then
		for table in $tables; do
			case $table in
			tgw-rtb-*[!0-9a-f]*) odd "$table" ;;
			tgw-rtb-*)
				collect "transit-gateway-routes-$table.json" \
					ec2 search-transit-gateway-routes \
					--transit-gateway-route-table-id "$table" \
					--filters Name=state,Values=active,blackhole
				;;
			*) odd "$table" ;;
			esac
		done
	else
		lost "routes of transit gateways"
	fi
fi

# collect_rules BALANCER: of each of its listeners.
collect_rules() {
	if ! listeners=$(ids elbv2 describe-listeners --load-balancer-arn "$1" \
		--query 'Listeners[].ListenerArn'); then
		lost "rules of listeners"
		return
	fi
	for listener in $listeners; do
		rest=${listener#*:listener/}
		case $rest in
		"$listener" | *[!0-9A-Za-z/-]*) odd "$listener" ;;
		*)
			collect "rules-$(joined "$rest").json" \
				elbv2 describe-rules --listener-arn "$listener"
			;;
		esac
	done
}

# Listeners are asked for balancer by balancer, their rules listener by listener.
if [ -f "$folder/load-balancers.json" ]; then
	if balancers=$(ids elbv2 describe-load-balancers \
		--query 'LoadBalancers[].LoadBalancerArn'); then
		for balancer in $balancers; do
			rest=${balancer#*:loadbalancer/}
			case $rest in
			"$balancer" | *[!0-9A-Za-z/-]*) odd "$balancer" ;;
			*)
				collect "listeners-$(joined "$rest").json" \
					elbv2 describe-listeners --load-balancer-arn "$balancer"
				collect_rules "$balancer"
				;;
			esac
		done
	else
		lost "listeners"
	fi
fi

# Attributes and health do not say of which target group they are: the name of the file does.
if [ -f "$folder/target-groups.json" ]; then
	if groups=$(ids elbv2 describe-target-groups --query 'TargetGroups[].TargetGroupArn'); then
		for group in $groups; do
			rest=${group#*:targetgroup/}
			case $rest in
			"$group" | *[!0-9A-Za-z/-]*) odd "$group" ;;
			*)
				name=targetgroup_$(joined "$rest")
				collect "target-group-attributes-$name.json" \
					elbv2 describe-target-group-attributes \
					--target-group-arn "$group"
				collect "target-health-$name.json" \
					elbv2 describe-target-health --target-group-arn "$group"
				;;
			esac
		done
	else
		lost "attributes and health of target groups"
	fi
fi

if [ "$missing" -gt 0 ]; then
	say "collect.sh: $missing calls did not succeed; what they would have told stays unknown"
	exit 1
fi
say "done: twoway check $folder"
