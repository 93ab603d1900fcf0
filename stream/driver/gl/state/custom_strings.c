/* Version and extensions: what the lead node offers, cut to what the overlay covers. */
#include "clientstate.h"
#include "include/offer_gen.h"
#include <stdio.h>
#include <stdlib.h>

/* A string of the lead's, to be freed; NULL: lost. */
static char *ask_string(prism_client *c, GLenum name) {
	enum { MAX = 256 << 10 };
	char *s = malloc(MAX + 1);
	if (!s) return NULL;
	int n = prism_get(c, PRISM_GET_STRING, 0, name, 0, s, MAX, false);
	if (n <= 0) {
		free(s);
		return NULL;
	}
	s[n] = 0;
	char *fit = realloc(s, (size_t)n + 1);
	return fit ? fit : s;
}

/* `4.5 (Core Profile) …` with its number lowered to at most `most` (major * 10 + minor, or the language's * 100). In OpenGL ES the number
 * stands behind words (`OpenGL ES 3.2 …`, `OpenGL ES GLSL ES 3.20`), as the specification wants it. */
static char *lowered(const char *lead, int most, int digits, int *got) {
	int major = 0, minor = 0, used = 0;
	const int unit = digits == 2 ? 100 : 10, words = (int)strcspn(lead, "0123456789");
	if (sscanf(lead + words, "%d.%d%n", &major, &minor, &used) < 2) return NULL;
	int v = major * unit + minor;
	*got = v < most ? v : most;
	size_t room = strlen(lead) + 16;
	char *s = malloc(room);
	if (s) snprintf(s, room, "%.*s%d.%0*d%s", words, lead, *got / unit, digits, *got % unit, lead + words + used);
	return s;
}

static int language_of(int version, bool es) {
	if (es) return version < 30 ? 100 : version * 10;
	switch (version) {
	case 20: return 110;
	case 21: return 120;
	case 30: return 130;
	case 31: return 140;
	case 32: return 150;
	default: return version < 20 ? 110 : version * 10;
	}
}

static int by_name(const void *a, const void *b) { return strcmp(a, ((const prism_extension *)b)->name); }

/* The lead's extensions that are offered, in its order. */
static void extensions(prism_client *c, const char *lead) {
	uint32_t bit = c->es ? PRISM_EXT_ES : c->core ? PRISM_EXT_CORE : PRISM_EXT_COMPAT;
	size_t n = strlen(lead);
	char *all = malloc(n + 2), *copy = strdup(lead), *save = NULL, *to = all;
	const char **each = malloc((prism_extensions_n + 1) * sizeof *each);
	int count = 0;
	if (!all || !copy || !each) {
		free(all), free(copy), free(each);
		return;
	}
	*to = 0;
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		const prism_extension *e = bsearch(w, prism_extensions, prism_extensions_n, sizeof *e, by_name);
		if (!e || !(e->profiles & bit)) continue;
		bool twice = false;
		for (int i = 0; i < count; i++) twice |= each[i] == e->name;
		if (twice) continue;
		each[count++] = e->name;
		if (to != all) *to++ = ' ';
		to = stpcpy(to, e->name);
	}
	free(copy);
	c->extensions = all;
	c->extension = each;
	c->extension_n = count;
}

void prism_version(prism_client *c) {
	if (c->version) return;
	int most = c->es ? prism_es_version_max : c->core ? prism_core_version_max : prism_compat_version_max, got = most;
	char *lead = ask_string(c, GL_VERSION);
	if (!lead) { /* lost: something that can be read, not kept */
		c->major = most / 10;
		c->minor = most % 10;
		return;
	}
	c->version = lowered(lead, most, 1, &got);
	c->major = got / 10;
	c->minor = got % 10;
	free(lead);
	if ((lead = ask_string(c, GL_SHADING_LANGUAGE_VERSION))) {
		int language;
		c->glsl = lowered(lead, language_of(got, c->es), 2, &language);
		free(lead);
	}
	if ((lead = ask_string(c, GL_EXTENSIONS))) {
		extensions(c, lead);
		free(lead);
	}
}

/* A string that is the lead's own, kept with the constants. */
static const GLubyte *constant_string(prism_client *c, GLenum name, const char *lost) {
	for (int tries = 0; tries < 2; tries++) {
		for (const prism_const *k = c->consts; k; k = k->next)
			if (k->what == PRISM_GET_STRING && k->a == name && k->bytes && !k->data[k->bytes - 1]) return k->data;
		char *s = tries ? NULL : ask_string(c, name);
		if (!s) break;
		uint32_t n = (uint32_t)strlen(s) + 1;
		prism_const *k = malloc(sizeof *k + n);
		if (k) {
			*k = (prism_const){c->consts, PRISM_GET_STRING, 0, name, 0, n};
			memcpy(k->data, s, n);
			c->consts = k;
		}
		free(s);
	}
	return (const GLubyte *)lost;
}

const GLubyte *APIENTRY prism_gl_GetString(GLenum name) {
	prism_client *c = prism_client_out();
	if (!c) return NULL;
	switch (name) {
	case GL_VENDOR: return constant_string(c, name, "prism");
	case GL_RENDERER: return constant_string(c, name, "prism (lost)");
	case GL_VERSION:
		prism_version(c);
		return (const GLubyte *)(c->version ? c->version : c->es ? "OpenGL ES 2.0 prism (lost)" : "2.1 prism (lost)");
	case GL_SHADING_LANGUAGE_VERSION:
		prism_version(c);
		return (const GLubyte *)(c->glsl ? c->glsl : c->es ? "OpenGL ES GLSL ES 1.00" : "1.20");
	case GL_EXTENSIONS:
		if (c->core) break;
		prism_version(c);
		return (const GLubyte *)(c->extensions ? c->extensions : "");
	}
	prism_error(GL_INVALID_ENUM);
	return NULL;
}

const GLubyte *APIENTRY prism_gl_GetStringi(GLenum name, GLuint index) {
	prism_client *c = prism_client_out();
	if (!c) return NULL;
	if (name != GL_EXTENSIONS) {
		prism_error(GL_INVALID_ENUM);
		return NULL;
	}
	prism_version(c);
	if (index >= (GLuint)c->extension_n) {
		prism_error(GL_INVALID_VALUE);
		return NULL;
	}
	return (const GLubyte *)c->extension[index];
}
