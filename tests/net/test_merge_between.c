/* SPDX-License-Identifier: Apache-2.0 */

/* What lies between the ends, twice: states are not compared, what decides a path is. */

#include "net_fixture.h"

/* The last thing done was a contradiction that names both places. */
static void contradicts(struct world *w, tw_status status, const char *what)
{
	const struct tw_diag *diag = tw_diags_get(w->diags, 0);

	assert_int_equal(status, TW_EPARSE);
	assert_int_equal(tw_diags_count(w->diags), 1);
	if (!strstr(diag->message, what))
		assert_string_equal(diag->message, what);
	assert_int_equal(diag->span.begin, w->next);
	assert_int_equal(diag->other.begin, 1);
	world_close(w);
}

static struct tw_object object_of(struct world *w, const char *id)
{
	return (struct tw_object){.id = id, .span = world_span(w)};
}

static struct tw_nat nat_of(struct world *w)
{
	return (struct tw_nat){.object = object_of(w, "nat-1"),
		.vpc_id = "vpc-1",
		.subnet_id = "subnet-1",
		.state = "available",
		.addresses = prefixes_of(w, "10.0.0.9 10.0.0.8")};
}

static void nat_gateways(void **state)
{
	struct tw_nat again;
	struct world w;

	(void)state;
	for (int i = 0; i < 5; i++) {
		static const char *const what[] = {"NAT gateway nat-1 has a VPC here that differs",
			"a subnet here that differs", "a connectivity type here that differs",
			"an availability mode here", "addresses here that differ from"};
		world_open(&w);
		struct tw_nat nat = nat_of(&w);
		nat.table_id = "rtb-1";
		assert_int_equal(tw_net_add_nat(w.net, w.diags, &nat), TW_OK);
		again = nat_of(&w);
		again.addresses = prefixes_of(&w, "10.0.0.8 10.0.0.9");
		again.state = "deleted";
		again.gone = true;
		again.table_id = "rtb-2";
		assert_int_equal(tw_net_add_nat(w.net, w.diags, &again), TW_OK);
		assert_false(w.net->nat[0].gone);
		again = nat_of(&w);
		again.vpc_id = i == 0 ? "vpc-2" : NULL;
		again.subnet_id = i == 1 ? "subnet-2" : NULL;
		again.private = i == 2;
		again.regional = i == 3;
		again.addresses = prefixes_of(&w, i == 4 ? "10.0.0.9" : "");
		again.table_id = "rtb-2"; /* not read */
		contradicts(&w, tw_net_add_nat(w.net, w.diags, &again), what[i]);
	}
}

static void peerings(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_peering one = {.object = object_of(&w, "pcx-1"), .status = "pending-acceptance"};
	assert_int_equal(tw_net_add_peering(w.net, w.diags, &one), TW_OK);
	one.object = object_of(&w, "pcx-1");
	one.status = "active";
	one.side[1].vpc_id = "vpc-2";
	one.side[1].cidrs = prefixes_of(&w, "10.2.0.0/16");
	assert_int_equal(tw_net_add_peering(w.net, w.diags, &one), TW_OK);
	assert_string_equal(w.net->peering[0].status, "pending-acceptance");
	assert_string_equal(w.net->peering[0].side[1].vpc_id, "vpc-2");
	assert_int_equal(w.net->peering[0].side[1].cidrs.n, 1);
	one.object = object_of(&w, "pcx-1");
	one.side[1].owner = "111111111111";
	assert_int_equal(tw_net_add_peering(w.net, w.diags, &one), TW_OK);
	one.side[1].owner = "222222222222"; /* not read */
	assert_int_equal(tw_net_add_peering(w.net, w.diags, &one), TW_OK);
	one.side[1].cidrs = prefixes_of(&w, "10.3.0.0/16");
	contradicts(&w, tw_net_add_peering(w.net, w.diags, &one),
		"peering connection pcx-1 has CIDR blocks here that differ");
}

static void transit_gateways_and_endpoints(void **state)
{
	static const char *const a[] = {"subnet-1"}, *const b[] = {"subnet-2"};
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_transit_gateway one = {.object = object_of(&w, "tgw-1"), .references = true};
	assert_int_equal(tw_net_add_transit(w.net, w.diags, &one), TW_OK);
	one.association_table_id = "tgw-rtb-1";
	assert_int_equal(tw_net_add_transit(w.net, w.diags, &one), TW_OK);
	assert_string_equal(w.net->transit[0].association_table_id, "tgw-rtb-1");
	one.association_table_id = "tgw-rtb-2"; /* not read: nor is the other default */
	one.propagation_table_id = "tgw-rtb-2";
	assert_int_equal(tw_net_add_transit(w.net, w.diags, &one), TW_OK);
	one.propagation_table_id = "tgw-rtb-1";
	assert_int_equal(tw_net_add_transit(w.net, w.diags, &one), TW_OK);
	one.object = object_of(&w, "tgw-1");
	one.references = false;
	contradicts(&w, tw_net_add_transit(w.net, w.diags, &one),
		"transit gateway tgw-1 has a support for references");

	world_open(&w);
	struct tw_endpoint end = {.object = object_of(&w, "vpce-1"), .service = "s3"};
	assert_int_equal(tw_net_add_endpoint(w.net, w.diags, &end), TW_OK);
	end.subnets = (struct tw_refs){a, NULL, 1};
	assert_int_equal(tw_net_add_endpoint(w.net, w.diags, &end), TW_OK);
	assert_int_equal(w.net->endpoint[0].subnets.n, 1);
	end.groups = end.tables = (struct tw_refs){a, NULL, 1};
	end.vpc_id = "vpc-1";
	assert_int_equal(tw_net_add_endpoint(w.net, w.diags, &end), TW_OK);
	end.groups = end.tables = (struct tw_refs){b, NULL, 1}; /* not read, as the next two */
	end.vpc_id = "vpc-2";
	end.service = "dynamodb";
	assert_int_equal(tw_net_add_endpoint(w.net, w.diags, &end), TW_OK);
	end.object = object_of(&w, "vpce-1");
	end.subnets = (struct tw_refs){b, NULL, 1};
	contradicts(&w, tw_net_add_endpoint(w.net, w.diags, &end),
		"VPC endpoint vpce-1 has subnets here that differ");
}

static void attachments(void **state)
{
	static const char *const ab[] = {"subnet-a", "subnet-b"}, *const ba[] = {
									  "subnet-b", "subnet-a"};
	struct world w;

	(void)state;
	for (int i = 0; i < 4; i++) {
		static const char *const what[] = {"subnets here that differ",
			"a support for references", "a route table here that", "a type here that"};
		world_open(&w);
		struct tw_attachment served = {.object = object_of(&w, "tgw-attach-1"),
			.type_text = "vpc",
			.subnets_known = true,
			.subnets = {ab, NULL, 2},
			.appliance_mode = true};
		struct tw_attachment routed = {.object = object_of(&w, "tgw-attach-1"),
			.type_text = "vpc",
			.association_known = true,
			.table_id = "tgw-rtb-1"};
		assert_int_equal(tw_net_add_attachment(w.net, w.diags, &served), TW_OK);
		assert_int_equal(tw_net_add_attachment(w.net, w.diags, &routed), TW_OK);
		served.subnets.id = ba;
		served.appliance_mode = false; /* not read */
		assert_int_equal(tw_net_add_attachment(w.net, w.diags, &served), TW_OK);
		assert_int_equal(tw_net_add_attachment(w.net, w.diags, &routed), TW_OK);
		assert_string_equal(w.net->attachment[0].table_id, "tgw-rtb-1");
		served.object = routed.object = object_of(&w, "tgw-attach-1");
		served.subnets.n = i == 0 ? 1 : 2;
		served.references = i == 1;
		routed.table_id = NULL;
		if (i == 3)
			served.type = TW_ATTACHED_OTHER;
		/* No association is another one than that which was read. */
		contradicts(&w, tw_net_add_attachment(w.net, w.diags, i == 2 ? &routed : &served),
			what[i]);
	}
}

/* ---- routes of transit gateways -------------------------------------------------------------- */

static struct tw_transit_table table_of(
	struct world *w, const struct tw_transit_route *route, size_t n)
{
	return (struct tw_transit_table){
		.object = object_of(w, "tgw-rtb-1"), .route = route, .routes_n = n};
}

static void whole_readings_of_routes_win(void **state)
{
	static const char *const way[] = {"tgw-attach-1"};
	struct tw_transit_route fixed = {
		.to = prefix_of("10.0.0.0/8"), .attachments = {way, NULL, 1}};
	struct tw_transit_route learned = {.to = prefix_of("10.1.0.0/16"), .propagated = true};
	struct tw_transit_route all[2] = {learned, fixed}, turned[2] = {fixed, learned};
	struct world w;

	(void)state;
	world_open(&w);
	/* A part, then the static ones of a snapshot, then all. */
	struct tw_transit_table table = table_of(&w, &learned, 1);
	assert_int_equal(tw_net_add_transit_table(w.net, w.diags, &table), TW_OK);
	table = table_of(&w, &fixed, 1);
	table.routes_known = true;
	assert_int_equal(tw_net_add_transit_table(w.net, w.diags, &table), TW_OK);
	assert_int_equal(w.net->transit_table[0].routes_n, 2);
	assert_true(w.net->transit_table[0].routes_known);
	assert_false(w.net->transit_table[0].propagated_known);
	table = table_of(&w, all, 2);
	table.routes_known = table.propagated_known = true;
	assert_int_equal(tw_net_add_transit_table(w.net, w.diags, &table), TW_OK);
	table.route = turned;
	assert_int_equal(tw_net_add_transit_table(w.net, w.diags, &table), TW_OK);
	assert_int_equal(w.net->transit_table[0].routes_n, 2);
	assert_true(w.net->transit_table[0].propagated_known);
	/* A part that has less says nothing. */
	table = table_of(&w, NULL, 0);
	assert_int_equal(tw_net_add_transit_table(w.net, w.diags, &table), TW_OK);
	assert_int_equal(w.net->transit_table[0].routes_n, 2);
	turned[0].blackhole = true;
	table = table_of(&w, turned, 2);
	table.routes_known = true;
	contradicts(&w, tw_net_add_transit_table(w.net, w.diags, &table),
		"transit gateway route table tgw-rtb-1 has routes here that differ");
}

/* A VPN's routes are in no VPC's blocks: propagations do not replace what was read of them. */
static void propagations_keep_routes(void **state)
{
	static const char *const way[] = {"tgw-attach-1"};
	struct tw_transit_route learned = {.to = prefix_of("10.1.0.0/16"), .propagated = true};

	(void)state;
	for (int first = 0; first < 2; first++) {
		struct world w;
		world_open(&w);
		struct tw_transit_table table[2] = {
			table_of(&w, &learned, 1), table_of(&w, NULL, 0)};
		table[1].propagations = (struct tw_refs){way, NULL, 1};
		table[1].propagated_known = true;
		for (int i = 0; i < 2; i++)
			assert_int_equal(tw_net_add_transit_table(
						 w.net, w.diags, &table[i ? !first : first]),
				TW_OK);
		assert_int_equal(w.net->transit_table[0].routes_n, 1);
		assert_int_equal(w.net->transit_table[0].propagations.n, 1);
		assert_true(w.net->transit_table[0].propagated_known);
		assert_false(w.net->transit_table[0].routes_known);
		world_close(&w);
	}
}

/* ---- load balancers -------------------------------------------------------------------------- */

static void balancers_and_listeners(void **state)
{
	static const char *const a[] = {"a"}, *const b[] = {"b"};
	struct tw_balancer_zone zone[2] = {{.subnet_id = "subnet-1"}, {.subnet_id = "subnet-2"}};
	struct tw_balancer_zone turned[2] = {zone[1], zone[0]};
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_balancer one = {.object = object_of(&w, "lb"),
		.type = TW_BALANCER_NETWORK,
		.zone = zone,
		.zones_n = 2};
	assert_int_equal(tw_net_add_balancer(w.net, w.diags, &one), TW_OK);
	one.zone = turned;
	one.groups = (struct tw_refs){a, NULL, 1};
	assert_int_equal(tw_net_add_balancer(w.net, w.diags, &one), TW_OK);
	assert_int_equal(w.net->balancer[0].groups.n, 1);
	one.object = object_of(&w, "lb");
	one.zones_n = 1;
	contradicts(&w, tw_net_add_balancer(w.net, w.diags, &one),
		"load balancer lb has subnets here that differ");

	for (int i = 0; i < 4; i++) {
		static const char *const what[] = {"a load balancer here", "a port here",
			"a protocol here", "target groups here that differ from"};
		world_open(&w);
		struct tw_listener listener = {.object = object_of(&w, "l"),
			.balancer_id = "lb",
			.port = 443,
			.targets = {a, NULL, 1}};
		assert_int_equal(tw_net_add_listener(w.net, w.diags, &listener), TW_OK);
		assert_int_equal(tw_net_add_listener(w.net, w.diags, &listener), TW_OK);
		listener.object = object_of(&w, "l");
		listener.balancer_id = i == 0 ? "other" : "lb";
		listener.port = i == 1 ? 80 : 443;
		listener.protocol = i == 2 ? TW_LISTENER_TCP : TW_LISTENER_HTTP;
		listener.targets.id = i == 3 ? b : a;
		contradicts(&w, tw_net_add_listener(w.net, w.diags, &listener), what[i]);
	}
}

static void target_groups(void **state)
{
	struct tw_member ab[2] = {{.id = "i-1", .port = 80, .span = {1, 1, 2}}, {.id = "i-2"}};
	struct tw_member ba[2] = {ab[1], ab[0]};
	struct world w;

	(void)state;
	for (int i = 0; i < 5; i++) {
		static const char *const what[] = {"a port here that differs", "a target type here",
			"a health check here", "a preservation of client addresses here",
			"targets here that differ from"};
		world_open(&w);
		w.next = i == 4; /* then the first place is that of the first target */
		struct tw_target_group group = {
			.object = object_of(&w, "t"), .port = 80, .preserve = TW_SAID_YES};
		struct tw_target_group health = {.object = object_of(&w, "t"),
			.part = true,
			.member = ab,
			.members_n = 2,
			.members_known = true};
		assert_int_equal(tw_net_add_target_group(w.net, w.diags, &group), TW_OK);
		assert_int_equal(tw_net_add_target_group(w.net, w.diags, &health), TW_OK);
		group.health_protocol = TW_LISTENER_TCP; /* not read */
		assert_int_equal(tw_net_add_target_group(w.net, w.diags, &group), TW_OK);
		health.member = ba;
		ba[0].health = "unhealthy";
		assert_int_equal(tw_net_add_target_group(w.net, w.diags, &health), TW_OK);
		group.object = health.object = object_of(&w, "t");
		group.port = i == 0 ? 81 : 80;
		group.type = i == 1 ? TW_TARGET_LAMBDA : TW_TARGET_INSTANCES;
		group.health_port = i == 2 ? 8080 : 0;
		group.preserve = i == 3 ? TW_SAID_NO : TW_SAID_YES;
		if (i == 4)
			health.members_n = 1;
		tw_status status =
			tw_net_add_target_group(w.net, w.diags, i == 4 ? &health : &group);
		if (i == 4) {
			/* Parts join at the end. */
			assert_int_equal(status, TW_OK);
			status = tw_net_finish(w.net, w.diags);
		}
		contradicts(&w, status, what[i]);
	}
}

/* ---- new fields of old kinds ----------------------------------------------------------------- */

static void add_zone(struct world *w, const char *zone, tw_status status)
{
	struct tw_subnet subnet = {.object = object_of(w, "subnet-1"), .zone = zone};

	assert_int_equal(tw_net_add_subnet(w->net, w->diags, &subnet), status);
}

static void the_id_of_a_zone_wins(void **state)
{
	static const char *const names[][2] = {{"us-east-1a", "use1-az1"},
		{"us-gov-west-1a", "usgw1-az1"}, {"us-west-2-lax-1a", "usw2-lax1-az1"},
		{"us-east-1-wl1-bos-wlz-1", "use1-wl1-bos-wlz1"}};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(names) * 2; i++) {
		struct world w;
		world_open(&w);
		add_zone(&w, NULL, TW_OK);
		add_zone(&w, names[i / 2][i % 2], TW_OK);
		add_zone(&w, names[i / 2][!(i % 2)], TW_OK);
		assert_string_equal(w.net->subnet[0].zone, names[i / 2][1]);
		add_zone(&w, names[i / 2][0], TW_OK);
		add_zone(&w, "euc1-az9", TW_EPARSE);
		world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nat_gateways),
		cmocka_unit_test(peerings),
		cmocka_unit_test(transit_gateways_and_endpoints),
		cmocka_unit_test(attachments),
		cmocka_unit_test(whole_readings_of_routes_win),
		cmocka_unit_test(propagations_keep_routes),
		cmocka_unit_test(balancers_and_listeners),
		cmocka_unit_test(target_groups),
		cmocka_unit_test(the_id_of_a_zone_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
