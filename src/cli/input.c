/* SPDX-License-Identifier: Apache-2.0 */
/* Reading for all commands: intents, operands, clients; and telling what went wrong. */

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

#define UNREAD_SHOWN 10

tw_status session_open(struct session *session)
{
	tw_status status;

	memset(session, 0, sizeof(*session));
	status = tw_mem_new(NULL, 0, &session->mem);
	if (status == TW_OK)
		status = tw_sources_new(session->mem, &session->sources);
	if (status == TW_OK)
		status = tw_diags_new(session->mem, &session->diags);
	if (status == TW_OK)
		status = tw_input_new(
			session->mem, session->sources, session->diags, &session->input);
	if (status != TW_OK)
		session_close(session);
	return status;
}

void session_close(struct session *session)
{
	tw_input_free(session->input);
	tw_diags_free(session->diags);
	tw_sources_free(session->sources);
	tw_mem_free(session->mem);
	memset(session, 0, sizeof(*session));
}

bool path_exists(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0;
}

/* One file that is there, to tell it from another name of the same file. */
struct found {
	char path[PATH_ROOM];
	dev_t device;
	ino_t inode;
};

/* `folder`/twoway.yaml or .yml; without a folder, of the current one. */
static bool look_into(const char *folder, size_t n, struct found *ret)
{
	static const char *const names[] = {"twoway.yaml", "twoway.yml"};
	struct stat status;

	if (n > PATH_ROOM - 16)
		return false;
	while (n > 1 && folder[n - 1] == '/')
		n--;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(ret->path, sizeof(ret->path), "%.*s%s%s", (int)n, folder,
			n == 0 || folder[n - 1] == '/' ? "" : "/", names[i]);
		if (stat(ret->path, &status) == 0 && S_ISREG(status.st_mode)) {
			ret->device = status.st_dev;
			ret->inode = status.st_ino;
			return true;
		}
	}
	return false;
}

static bool look_beside(const char *operand, struct found *ret)
{
	const char *slash = strrchr(operand, '/');
	struct stat status;

	if (strcmp(operand, "-") == 0)
		return false;
	if (stat(operand, &status) == 0 && S_ISDIR(status.st_mode))
		return look_into(operand, strlen(operand), ret);
	if (slash == NULL)
		return look_into("", 0, ret);
	return look_into(operand, slash == operand ? 1 : (size_t)(slash - operand), ret);
}

bool find_intents(const struct args *args, char *buf, size_t size, const char **ret)
{
	struct found first, next;
	bool any = false;

	*ret = args->value[OPT_INTENTS];
	if (*ret != NULL)
		return true;
	for (size_t i = 0; i < args->operands; i++) {
		if (!look_beside(args->operand[i], any ? &next : &first))
			continue;
		if (any && (first.device != next.device || first.inode != next.inode)) {
			usage_error(args->command,
				"%s and %s both hold intents; say with --intents which to use",
				first.path, next.path);
			return false;
		}
		any = true;
	}
	if (!any && !look_into("", 0, &first))
		return true;
	snprintf(buf, size, "%s", first.path);
	*ret = buf;
	if (args->value[OPT_QUIET] == NULL)
		print_line(stderr, "twoway: note: intents are taken from ", buf);
	return true;
}

/* Going on after a file that cannot be used, so that one run tells the faults of all. */
static bool is_told(tw_status status)
{
	return status == TW_EPARSE || status == TW_EIO;
}

static bool is_json(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot != NULL && strcmp(dot, ".json") == 0;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

/* A folder may hold whatever it likes, but nobody should believe that all JSON in it was judged. */
static void tell_unread(const struct session *session, const struct args *args, const char *intents)
{
	size_t unread = 0;

	for (size_t i = 0; i < tw_input_files(session->input); i++) {
		const struct tw_input_file *file = tw_input_file(session->input, i);
		if (args->value[OPT_QUIET] != NULL || file->part_of == NULL ||
			strcmp(file->kind, "unrecognised") != 0 || !is_json(file->path) ||
			(intents != NULL && is_same_file(file->path, intents)))
			continue;
		if (unread++ < UNREAD_SHOWN)
			print_line(stderr,
				"twoway: note: not read, no describe output in it: ", file->path);
	}
	if (unread > UNREAD_SHOWN)
		fprintf(stderr, "twoway: note: not read, as these: %zu more files\n",
			unread - UNREAD_SHOWN);
}

tw_status session_read(struct session *session, const struct args *args)
{
	char path[PATH_ROOM];
	const char *intents, *type_text = args->value[OPT_INPUT_TYPE];
	enum tw_input_type type = TW_INPUT_AUTO;
	tw_status status, worst = TW_OK;

	if (type_text != NULL && !tw_input_type_parse(type_text, &type)) {
		usage_error(args->command, "unknown input type \"%s\"", type_text);
		return TW_EINVAL;
	}
	if (!find_intents(args, path, sizeof(path), &intents))
		return TW_EINVAL;
	if (intents != NULL) {
		worst = tw_input_add_intents(session->input, intents);
		if (worst != TW_OK && !is_told(worst))
			return worst;
	}
	for (size_t i = 0; i < args->operands; i++) {
		status = tw_input_add_path(session->input, args->operand[i], type);
		if (status != TW_OK && !is_told(status))
			return status;
		worst = status != TW_OK ? status : worst;
	}
	status = tw_input_finish(session->input);
	tell_unread(session, args, intents);
	return status != TW_OK ? status : worst;
}

void session_complain(
	const struct session *session, const struct tw_diags *diags, const struct args *args)
{
	struct tw_style style = style_for_errors(args);

	/* What cannot be told on standard error cannot be told at all. */
	if (tw_write_diags(session->mem, diags, session->sources, &style, sink_err()) == TW_ENOMEM)
		fputs("twoway: error: out of memory\n", stderr);
}

void session_tell(
	const struct session *session, const struct tw_diags *diags, const struct args *args)
{
	struct tw_style style = style_for_errors(args);

	style.verbose = true;
	if (args->value[OPT_QUIET] == NULL && tw_write_diags(session->mem, diags, session->sources,
						      &style, sink_err()) == TW_ENOMEM)
		fputs("twoway: error: out of memory\n", stderr);
}

int explain(const struct session *session, const struct tw_diags *diags, tw_status status,
	const struct args *args)
{
	int code = tw_status_exit(status);

	/* A fault of twoway itself is one line; what was wrong with the input does not matter then.
	 */
	if (code == EXIT_USAGE && diags != NULL && tw_diags_worst(diags) == TW_LEVEL_ERROR)
		session_complain(session, diags, args);
	else
		fprintf(stderr, "twoway: error: %s\n", tw_status_text(status));
	return code;
}

bool session_begin(struct session *session, const struct args *args, int *ret_code)
{
	tw_status status = session_open(session);

	if (status != TW_OK) {
		fprintf(stderr, "twoway: error: %s\n", tw_status_text(status));
		*ret_code = tw_status_exit(status);
		return false;
	}
	status = session_read(session, args);
	if (status == TW_OK)
		return true;
	*ret_code =
		status == TW_EINVAL ? EXIT_USAGE : explain(session, session->diags, status, args);
	session_close(session);
	return false;
}

int written(const struct session *session, const struct args *args, tw_status status, int code)
{
	/* The sink has said why it could not write. */
	if (status == TW_EIO)
		return EXIT_USAGE;
	return status == TW_OK ? code : explain(session, NULL, status, args);
}

int write_report(const struct session *session, const struct args *args,
	const struct tw_report *report, report_writer *write, const struct tw_style *style,
	int code)
{
	size_t files = tw_input_files(session->input);
	tw_status status =
		write(session->mem, report, files > 0 ? tw_input_file(session->input, 0) : NULL,
			files, session->sources, style, sink_out());

	return written(session, args, status, code);
}

static const struct tw_client *find_client(const char *id, const struct tw_client *own, size_t owns)
{
	for (size_t i = 0; i < owns; i++) {
		if (strcmp(own[i].id, id) == 0)
			return &own[i];
	}
	return tw_client_find(id);
}

static void unknown_client(
	const struct args *args, const char *id, const struct tw_client *own, size_t owns)
{
	const char *names[2 * CLIENTS_MAX];
	size_t n = 0, built_in;
	const struct tw_client *table = tw_clients(&built_in);

	for (size_t i = 0; i < owns && n < CLIENTS_MAX; i++)
		names[n++] = own[i].id;
	for (size_t i = 0; i < built_in && n < 2 * CLIENTS_MAX; i++)
		names[n++] = table[i].id;
	const char *near = nearest_word(id, names, n);
	if (near != NULL)
		usage_error(args->command, "unknown client \"%s\"; did you mean %s?", id, near);
	else
		usage_error(
			args->command, "unknown client \"%s\"; `twoway clients` lists them", id);
}

/* "40000-44999" as a client of one's own; NULL if the text is no range. */
static const struct tw_client *range_client(const char *id, struct client_ranges *ranges)
{
	char *text = ranges->text[ranges->n];
	struct tw_client *client = &ranges->client[ranges->n];

	if (ranges->n == CLIENTS_MAX)
		return NULL;
	snprintf(text, sizeof(ranges->text[0]), "%s", id);
	if (!tw_client_from_range(text, client))
		return NULL;
	ranges->n++;
	return client;
}

bool find_clients(const struct args *args, const struct tw_intents *intents,
	struct client_ranges *ranges, const struct tw_client **ret, size_t *ret_n)
{
	struct tw_intents_view view = {0};
	size_t n = 0;

	ranges->n = 0;

	if (intents != NULL)
		view = tw_intents_view(intents);
	for (size_t i = 0; i < args->clients; i++) {
		const char *text = args->client[i];
		for (size_t length; (length = strcspn(text, ",")) > 0 || *text != '\0';) {
			char id[64];
			snprintf(id, sizeof(id), "%.*s", (int)(length < 64 ? length : 63), text);
			const struct tw_client *client = find_client(id, view.client, view.clients);
			if (client == NULL)
				client = range_client(id, ranges);
			if (client == NULL) {
				unknown_client(args, id, view.client, view.clients);
				return false;
			}
			if (n == CLIENTS_MAX) {
				usage_error(args->command, "more than %d clients", CLIENTS_MAX);
				return false;
			}
			ret[n++] = client;
			text += length + (text[length] == ',' ? 1 : 0);
		}
	}
	if (n == 0 && args->clients > 0) {
		usage_error(args->command, "--client needs at least one id");
		return false;
	}
	*ret_n = n;
	return true;
}
