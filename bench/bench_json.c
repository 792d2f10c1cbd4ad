/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast and how large our JSON documents are, next to jansson's.
 *
 * One answer of describe-network-interfaces is made up, indented as the aws command prints it. Both
 * readers take it in turn, in one process, so that a busy machine hurts both alike; medians are
 * compared. Memory is what each asked its allocator for at most; ours includes the text, which a
 * document needs as long as it lives. Prints one JSON object.
 *
 *	bench_json [MIBIBYTES [ROUNDS]]
 */

#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "document.h"

#define ROUNDS_MOST 101

/* ---- the answer ------------------------------------------------------------------------------ */

static const char *const interface_format =
	"        {\n"
	"            \"Attachment\": {\n"
	"                \"AttachTime\": \"2026-03-%02u08:%02u:17+00:00\",\n"
	"                \"AttachmentId\": \"eni-attach-%017" PRIx64 "\",\n"
	"                \"DeleteOnTermination\": true,\n"
	"                \"DeviceIndex\": %u,\n"
	"                \"NetworkCardIndex\": 0,\n"
	"                \"InstanceId\": \"i-%017" PRIx64 "\",\n"
	"                \"InstanceOwnerId\": \"123456789012\",\n"
	"                \"Status\": \"attached\"\n"
	"            },\n"
	"            \"AvailabilityZone\": \"eu-central-1%c\",\n"
	"            \"Description\": \"interface %u of a made-up fleet\",\n"
	"            \"Groups\": [\n"
	"                {\n"
	"                    \"GroupName\": \"web-%u\",\n"
	"                    \"GroupId\": \"sg-%017" PRIx64 "\"\n"
	"                }\n"
	"            ],\n"
	"            \"InterfaceType\": \"interface\",\n"
	"            \"Ipv6Addresses\": [],\n"
	"            \"MacAddress\": \"0a:%02x:%02x:%02x:5e:01\",\n"
	"            \"NetworkInterfaceId\": \"eni-%017" PRIx64 "\",\n"
	"            \"OwnerId\": \"123456789012\",\n"
	"            \"PrivateDnsName\": \"ip-10-%u-%u-%u.eu-central-1.compute.internal\",\n"
	"            \"PrivateIpAddress\": \"10.%u.%u.%u\",\n"
	"            \"PrivateIpAddresses\": [\n"
	"                {\n"
	"                    \"Primary\": true,\n"
	"                    \"PrivateDnsName\": \"ip-10-%u-%u-%u.eu-central-1.internal\",\n"
	"                    \"PrivateIpAddress\": \"10.%u.%u.%u\"\n"
	"                }\n"
	"            ],\n"
	"            \"RequesterManaged\": false,\n"
	"            \"SourceDestCheck\": true,\n"
	"            \"Status\": \"in-use\",\n"
	"            \"SubnetId\": \"subnet-%017" PRIx64 "\",\n"
	"            \"TagSet\": [\n"
	"                {\n"
	"                    \"Key\": \"Name\",\n"
	"                    \"Value\": \"web-%u\"\n"
	"                },\n"
	"                {\n"
	"                    \"Key\": \"Team\",\n"
	"                    \"Value\": \"payments and invoices\"\n"
	"                }\n"
	"            ],\n"
	"            \"VpcId\": \"vpc-%017" PRIx64 "\"\n"
	"        }";

static uint64_t scramble(uint64_t n)
{
	n = (n + 1) * 0x9e3779b97f4a7c15u;
	return (n ^ n >> 29) & 0xfffffffffffffff;
}

static int put_interface(char *out, size_t room, unsigned i)
{
	unsigned a = i >> 16 & 255, b = i >> 8 & 255, c = i & 255;

	return snprintf(out, room, interface_format, i % 28 + 1, i % 60, scramble(i), i % 4,
		scramble(i / 2), 'a' + (int)(i % 3), i, i % 40, scramble(i % 40), a, b, c,
		scramble(i + 7), a, b, c, a, b, c, a, b, c, a, b, c, scramble(i % 90), i,
		scramble(i % 3));
}

static char *make_answer(size_t size, size_t *ret_size)
{
	static const char head[] = "{\n    \"NetworkInterfaces\": [\n";
	static const char tail[] = "\n    ]\n}\n";
	char *text = malloc(size + 8192);
	size_t n = sizeof(head) - 1;

	if (!text)
		return NULL;
	memcpy(text, head, n);
	for (unsigned i = 0; n < size; i++) {
		if (i) {
			memcpy(text + n, ",\n", 2);
			n += 2;
		}
		n += (size_t)put_interface(text + n, 4096, i);
	}
	memcpy(text + n, tail, sizeof(tail) - 1);
	*ret_size = n + sizeof(tail) - 1;
	return text;
}

/* ---- the two readers ------------------------------------------------------------------------- */

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct result {
	uint64_t nanoseconds[ROUNDS_MOST];
	uint64_t bytes; /* at most at one time, as asked for */
	uint64_t heap;	/* the same with what malloc adds to each block */
};

static bool read_ours(const char *text, size_t size, struct result *result, unsigned round)
{
	struct tw_mem *mem = NULL;
	struct tw_sources *sources = NULL;
	struct tw_diags *diags = NULL;
	struct tw_document *document = NULL;
	uint32_t file = 0;
	uint64_t begin;
	bool fine;

	if (tw_mem_new(NULL, 0, &mem) != TW_OK || tw_sources_new(mem, &sources) != TW_OK ||
		tw_diags_new(mem, &diags) != TW_OK ||
		tw_sources_add(sources, "answer", text, size, &file) != TW_OK)
		return false;
	begin = now();
	fine = tw_json_read(mem, sources, file, diags, &document) == TW_OK;
	result->nanoseconds[round] = now() - begin;
	result->bytes = result->heap = tw_mem_peak(mem);
	tw_document_free(document);
	tw_diags_free(diags);
	tw_sources_free(sources);
	tw_mem_free(mem);
	return fine;
}

/* jansson has no place for a context, so the counters are global. */
static struct {
	uint64_t now, peak, heap, heap_peak;
} counted;

/* What a block takes in the heap of a 64-bit glibc: 8 bytes more, a multiple of 16, at least 32. */
static uint64_t heap_of(size_t size)
{
	uint64_t whole = ((uint64_t)size + 8 + 15) / 16 * 16;

	return whole < 32 ? 32 : whole;
}

union block {
	size_t size;
	max_align_t align;
};

static void *counting_alloc(size_t size)
{
	union block *block = malloc(sizeof(*block) + size);

	if (!block)
		return NULL;
	block->size = size;
	counted.now += size;
	counted.heap += heap_of(size);
	if (counted.now > counted.peak)
		counted.peak = counted.now;
	if (counted.heap > counted.heap_peak)
		counted.heap_peak = counted.heap;
	return block + 1;
}

static void counting_free(void *p)
{
	union block *block = p;

	if (!block)
		return;
	block--;
	counted.now -= block->size;
	counted.heap -= heap_of(block->size);
	free(block);
}

/* Memory is counted in a run of its own: counting must not slow down a run that is timed. */
static bool read_jansson(
	const char *text, size_t size, size_t flags, struct result *result, unsigned round)
{
	uint64_t begin = now();
	json_t *root = json_loadb(text, size, flags, NULL);

	result->nanoseconds[round] = now() - begin;
	json_decref(root);
	return root != NULL;
}

static bool count_jansson(const char *text, size_t size, struct result *result)
{
	json_malloc_t usual_alloc;
	json_free_t usual_free;
	json_t *root;

	json_get_alloc_funcs(&usual_alloc, &usual_free);
	json_set_alloc_funcs(counting_alloc, counting_free);
	root = json_loadb(text, size, 0, NULL);
	result->bytes = counted.peak;
	result->heap = counted.heap_peak;
	json_decref(root);
	json_set_alloc_funcs(usual_alloc, usual_free);
	return root != NULL;
}

/* ---- the report ------------------------------------------------------------------------------ */

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(struct result *result, unsigned rounds)
{
	qsort(result->nanoseconds, rounds, sizeof(result->nanoseconds[0]), by_size);
	return (double)result->nanoseconds[rounds / 2] / 1e9;
}

int main(int argc, char **argv)
{
	static struct result ours, loose, strict;
	size_t mib = argc > 1 ? strtoul(argv[1], NULL, 10) : 30, size = 0;
	unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 7;
	char *text;
	double own, other, same;
	bool fine = true;

	if (mib < 1 || mib > 1024 || rounds < 1 || rounds > ROUNDS_MOST) {
		fprintf(stderr, "usage: bench_json [MIBIBYTES [ROUNDS]]\n");
		return 2;
	}
	text = make_answer(mib << 20, &size);
	fine = text && count_jansson(text, size, &loose);
	for (unsigned i = 0; fine && i < rounds; i++)
		fine = read_ours(text, size, &ours, i) && read_jansson(text, size, 0, &loose, i) &&
		       read_jansson(text, size, JSON_REJECT_DUPLICATES, &strict, i);
	free(text);
	if (!fine) {
		fprintf(stderr, "bench_json: a reader gave up\n");
		return 3;
	}
	own = median(&ours, (unsigned)rounds);
	other = median(&loose, (unsigned)rounds);
	same = median(&strict, (unsigned)rounds);
	printf("{\"bench\": \"json\", \"bytes\": %zu, \"rounds\": %lu,\n", size, rounds);
	printf(" \"ours\": {\"seconds\": %.4f, \"mb_per_second\": %.1f, \"peak_bytes\": %" PRIu64
	       ", \"peak_without_text\": %" PRIu64 "},\n",
		own, (double)size / own / 1e6, ours.bytes, ours.bytes - size);
	printf(" \"jansson\": {\"seconds\": %.4f, \"mb_per_second\": %.1f, \"peak_bytes\": %" PRIu64
	       ", \"peak_heap\": %" PRIu64 ", \"seconds_rejecting_duplicates\": %.4f},\n",
		other, (double)size / other / 1e6, loose.bytes, loose.heap, same);
	printf(" \"speed_ratio\": %.2f, \"speed_ratio_same_checks\": %.2f,\n", other / own,
		same / own);
	/* Against us: our text counts, theirs does not. Then both count, then the real heap. */
	printf(" \"memory_ratio_text_ours_only\": %.3f, \"memory_ratio\": %.3f, "
	       "\"memory_ratio_heap\": %.3f}\n",
		(double)ours.bytes / (double)loose.bytes,
		(double)ours.bytes / (double)(loose.bytes + size),
		(double)ours.heap / (double)(loose.heap + size));
	return 0;
}
