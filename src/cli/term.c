/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal and the two output streams. This is the one place that looks at the environment and
 * at the terminal; the library is told.
 */

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define WIDTH_MIN 40
#define WIDTH_MAX 1000

/* A whole number of columns; 0 if it is none. */
static unsigned parse_width(const char *text)
{
	unsigned n = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p < '0' || *p > '9' || n > WIDTH_MAX)
			return 0;
		n = n * 10 + (unsigned)(*p - '0');
	}
	return n;
}

static unsigned terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	unsigned n = columns != NULL ? parse_width(columns) : 0;

	if (n == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		n = size.ws_col;
	if (n == 0)
		return 80;
	return n < WIDTH_MIN ? WIDTH_MIN : n > WIDTH_MAX ? WIDTH_MAX : n;
}

static bool is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		if (value == NULL || *value == '\0')
			continue;
		const char *dot = strchr(value, '.');
		return dot != NULL && (strncasecmp(dot + 1, "utf-8", 5) == 0 ||
					      strncasecmp(dot + 1, "utf8", 4) == 0);
	}
	return false;
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0';
}

static bool is_value(const char *name, const char *expected)
{
	const char *value = getenv(name);

	return value != NULL && strcmp(value, expected) == 0;
}

/* --color, NO_COLOR, CLICOLOR_FORCE, CLICOLOR and TERM, the terminal; in this order. */
static bool use_color(const struct args *args, int fd)
{
	const char *when = args->value[OPT_COLOR];

	if (when != NULL && strcmp(when, "auto") != 0)
		return strcmp(when, "always") == 0;
	if (is_set("NO_COLOR"))
		return false;
	if (is_set("CLICOLOR_FORCE") && !is_value("CLICOLOR_FORCE", "0"))
		return true;
	if (is_value("CLICOLOR", "0") || is_value("TERM", "dumb"))
		return false;
	return isatty(fd) != 0;
}

bool style_from(const struct args *args, struct tw_style *ret)
{
	const char *width = args->value[OPT_WIDTH], *format = args->value[OPT_FORMAT];
	struct tw_style style = {.format = TW_FORMAT_TEXT};

	if (format != NULL && !tw_format_parse(format, &style.format)) {
		usage_error(args->command, "unknown format \"%s\"", format);
		return false;
	}
	if (width != NULL) {
		style.width = parse_width(width);
		if (style.width < WIDTH_MIN || style.width > WIDTH_MAX) {
			usage_error(args->command, "--width is %d to %d columns, not \"%s\"",
				WIDTH_MIN, WIDTH_MAX, width);
			return false;
		}
	} else {
		style.width = terminal_width();
	}
	style.ascii = args->value[OPT_ASCII] != NULL || !is_utf8();
	style.color = use_color(args, STDOUT_FILENO);
	style.verbose = args->value[OPT_VERBOSE] != NULL;
	style.all = args->value[OPT_ALL] != NULL;
	*ret = style;
	return true;
}

struct tw_style style_for_errors(const struct args *args)
{
	return (struct tw_style){
		.format = TW_FORMAT_TEXT,
		.ascii = args->value[OPT_ASCII] != NULL || !is_utf8(),
		.color = use_color(args, STDERR_FILENO),
		.verbose = args->value[OPT_VERBOSE] != NULL,
	};
}

/* All of it, or TW_EIO. */
static tw_status write_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, bytes, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			if (fd == STDOUT_FILENO)
				fprintf(stderr,
					"twoway: error: cannot write to standard output: %s\n",
					strerror(errno));
			return TW_EIO;
		}
		bytes += n;
		size -= (size_t)n;
	}
	return TW_OK;
}

/* Signals by which people and machines end a program, as far as they would end this one. */
static void list_ends(sigset_t *ret)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction now;

	sigemptyset(ret);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (sigaction(ends[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			sigaddset(ret, ends[i]);
}

void undisturbed(void (*act)(void *ctx), void *ctx)
{
	sigset_t ends, before;

	list_ends(&ends);
	bool held = sigprocmask(SIG_BLOCK, &ends, &before) == 0;
	act(ctx);
	if (held)
		sigprocmask(SIG_SETMASK, &before, NULL);
}

/*
 * A file is written to its end, so that what looks like a result is one: a signal waits until then.
 * A second one does not, in case the disk takes for ever.
 */
static tw_status write_file(int fd, const char *bytes, size_t size)
{
	const size_t chunk = (size_t)1 << 20;
	const struct timespec none = {0};
	tw_status status = TW_OK;
	sigset_t ends, before;
	int caught = 0, again = 0;

	list_ends(&ends);
	if (sigprocmask(SIG_BLOCK, &ends, &before) != 0)
		return write_all(fd, bytes, size);
	while (status == TW_OK && size > 0 && again <= 0) {
		size_t n = size < chunk ? size : chunk;
		status = write_all(fd, bytes, n);
		bytes += n;
		size -= n;
		if (caught <= 0)
			caught = sigtimedwait(&ends, NULL, &none);
		else
			again = sigtimedwait(&ends, NULL, &none);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (caught > 0)
		raise(caught);
	return status;
}

static tw_status write_out(void *ctx, const char *bytes, size_t size)
{
	struct stat out;

	(void)ctx;
	if (fstat(STDOUT_FILENO, &out) == 0 && S_ISREG(out.st_mode))
		return write_file(STDOUT_FILENO, bytes, size);
	return write_all(STDOUT_FILENO, bytes, size);
}

static tw_status write_err(void *ctx, const char *bytes, size_t size)
{
	(void)ctx;
	return write_all(STDERR_FILENO, bytes, size);
}

struct tw_sink sink_out(void)
{
	return (struct tw_sink){write_out, NULL};
}

struct tw_sink sink_err(void)
{
	return (struct tw_sink){write_err, NULL};
}

static tw_status write_stream(void *ctx, const char *bytes, size_t size)
{
	return fwrite(bytes, 1, size, ctx) == size ? TW_OK : TW_EIO;
}

bool print_text(FILE *to, const char *text)
{
	return tw_write_clean(text, !is_utf8(), (struct tw_sink){write_stream, to}) == TW_OK;
}

void print_line(FILE *to, const char *before, const char *text)
{
	fputs(before, to);
	/* Whoever ends the output looks at the stream. */
	if (print_text(to, text))
		fputc('\n', to);
}

int finish_output(int code)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return code;
	fprintf(stderr, "twoway: error: cannot write to standard output: %s\n", strerror(errno));
	return EXIT_USAGE;
}

void open_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* The wrong way round, so that using it is an error as before. */
		int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
			(void)!open("/dev/null", flags);
	}
}
