/* Object names: what the app calls its objects, and the serials that stand for them on the wire. */
#include <stdlib.h>
#include "runtime.h"

/* Fibonacci hashing: names are mostly small and dense, this spreads them and keeps neighbours apart. */
static uint32_t slot_of(uint32_t key, uint32_t cap) { return (uint32_t)((key * 2654435769u) >> (32 - __builtin_ctz(cap))); }

bool prism_map_get(const prism_map *m, uint32_t key, uint64_t *val) {
	if (!m->used || !key) return false;
	for (uint32_t i = slot_of(key, m->cap);; i = (i + 1) & (m->cap - 1)) {
		if (m->keys[i] == key) {
			if (val) *val = m->vals[i];
			return true;
		}
		if (!m->keys[i]) return false;
	}
}

static bool map_grow(prism_map *m) {
	uint32_t cap = m->cap ? m->cap * 2 : 32;
	prism_map n = {.cap = cap, .keys = calloc(cap, sizeof *n.keys), .vals = malloc(cap * sizeof *n.vals)};
	if (!cap || !n.keys || !n.vals) {
		prism_map_free(&n);
		return false;
	}
	for (uint32_t i = 0; i < m->cap; i++)
		if (m->keys[i]) prism_map_put(&n, m->keys[i], m->vals[i]);
	prism_map_free(m);
	*m = n;
	return true;
}

bool prism_map_put(prism_map *m, uint32_t key, uint64_t val) {
	if (!key || (m->used + 1 > m->cap - m->cap / 4 && !map_grow(m))) return false;
	uint32_t i = slot_of(key, m->cap);
	while (m->keys[i] && m->keys[i] != key) i = (i + 1) & (m->cap - 1);
	m->used += !m->keys[i];
	m->keys[i] = key;
	m->vals[i] = val;
	return true;
}

bool prism_map_del(prism_map *m, uint32_t key) {
	if (!m->used || !key) return false;
	uint32_t mask = m->cap - 1, i = slot_of(key, m->cap);
	while (m->keys[i] != key) {
		if (!m->keys[i]) return false;
		i = (i + 1) & mask;
	}
	/* Close the gap: move back each follower that the gap would cut off from its place. */
	for (uint32_t j = i;;) {
		j = (j + 1) & mask;
		if (!m->keys[j]) break;
		uint32_t home = slot_of(m->keys[j], m->cap);
		if (((j - home) & mask) >= ((j - i) & mask)) {
			m->keys[i] = m->keys[j];
			m->vals[i] = m->vals[j];
			i = j;
		}
	}
	m->keys[i] = 0;
	m->used--;
	return true;
}

void prism_map_free(prism_map *m) {
	free(m->keys);
	free(m->vals);
	*m = (prism_map){0};
}

static void label_drop(prism_names *t, uint32_t key) {
	uint64_t v;
	if (!prism_map_get(&t->labels, key, &v)) return;
	free((void *)(uintptr_t)v);
	prism_map_del(&t->labels, key);
}

void prism_names_free(prism_names *n) {
	for (uint32_t i = 0; i < n->labels.cap; i++)
		if (n->labels.keys[i]) free((void *)(uintptr_t)n->labels.vals[i]);
	prism_map_free(&n->labels);
	prism_map_free(&n->by_name);
	prism_map_free(&n->by_serial);
}

uint32_t prism_new_serial(void) { return __atomic_add_fetch(&prism_p.next_serial, 1, __ATOMIC_RELAXED); }

static prism_names *table(prism_context *c, int kind) {
	return prism_kind_shared(kind) ? &c->share->names[kind] : &c->own[kind];
}

/* What GL says of a name that it does not know. */
static GLenum unknown_error(int kind) { return kind == PRISM_KIND_PROGRAM || kind == PRISM_KIND_SYNC ? GL_INVALID_VALUE : GL_INVALID_OPERATION; }

/* Gives name (not 0) a serial. share->mu held. 0: no memory. */
static uint32_t add(prism_names *t, GLuint name, uint64_t flags) {
	uint32_t serial = prism_new_serial();
	if (!prism_map_put(&t->by_name, name, serial | flags)) return 0;
	if (!prism_map_put(&t->by_serial, serial, name)) {
		prism_map_del(&t->by_name, name);
		return 0;
	}
	return serial;
}

/* May an app invent names of this kind? In OpenGL ES those of all objects but queries. */
static bool invents(const prism_context *c, int kind) {
	return prism_kind_binds(kind) && !prism_is_core(c) && !(kind == PRISM_KIND_QUERY && prism_is_es(c));
}

static uint32_t look_up(int kind, GLuint name, bool bind, bool *ok) {
	prism_context *c = prism_t->ctx;
	*ok = true;
	if (!name) return 0;
	if (!c) {
		*ok = false;
		return 0;
	}
	GLenum error = 0;
	uint64_t v = 0;
	pthread_mutex_lock(&c->share->mu);
	prism_names *t = table(c, kind);
	if (prism_map_get(&t->by_name, name, &v)) {
		if (bind && !(v & PRISM_NAME_MADE)) prism_map_put(&t->by_name, name, v | PRISM_NAME_MADE);
	} else if (bind && invents(c, kind)) {
		if (!(v = add(t, name, PRISM_NAME_MADE))) error = GL_OUT_OF_MEMORY;
	} else {
		error = unknown_error(kind);
	}
	pthread_mutex_unlock(&c->share->mu);
	if (error) {
		prism_error(error);
		*ok = false;
		return 0;
	}
	return (uint32_t)v;
}

/* A buffer that is named may be looked into by the nodes. */
static uint32_t named(int kind, uint32_t serial) {
	if (kind == PRISM_KIND_BUFFER && PRISM_UNLIKELY(__atomic_load_n(&prism_buffers_packing, __ATOMIC_RELAXED))) prism_buffer_named(serial);
	return serial;
}
uint32_t prism_serial(int kind, GLuint name, bool *ok) { return named(kind, look_up(kind, name, false, ok)); }
uint32_t prism_serial_bind(int kind, GLuint name, bool *ok) { return named(kind, look_up(kind, name, true, ok)); }
uint32_t prism_serial_own(int kind, GLuint name, bool *ok) { return look_up(kind, name, true, ok); }

/* A name's serial with its flags; 0: there is none. */
static uint64_t known(int kind, GLuint name) {
	prism_context *c = prism_t->ctx;
	uint64_t v = 0;
	if (!c || !name) return 0;
	pthread_mutex_lock(&c->share->mu);
	prism_map_get(&table(c, kind)->by_name, name, &v);
	pthread_mutex_unlock(&c->share->mu);
	return v;
}
uint32_t prism_serial_known(int kind, GLuint name) { return (uint32_t)known(kind, name); }
bool prism_name_known(int kind, GLuint name) { return known(kind, name) != 0; }
bool prism_name_is(int kind, GLuint name) { return known(kind, name) & PRISM_NAME_MADE; }

GLuint prism_name(int kind, uint32_t serial) {
	prism_context *c = prism_t->ctx;
	uint64_t name = 0;
	if (!c || !serial) return 0;
	pthread_mutex_lock(&c->share->mu);
	prism_map_get(&table(c, kind)->by_serial, serial, &name);
	pthread_mutex_unlock(&c->share->mu);
	return (GLuint)name;
}

/* Objects of these kinds exist from the call that names them; the others begin when they are first bound. */
static uint64_t born(int kind) {
	return kind == PRISM_KIND_PROGRAM || kind == PRISM_KIND_SAMPLER || kind == PRISM_KIND_SYNC ? PRISM_NAME_MADE : 0;
}

static void drop(prism_names *t, GLuint name, uint32_t serial) {
	prism_map_del(&t->by_name, name);
	prism_map_del(&t->by_serial, serial);
	label_drop(t, serial);
	if (name < t->lowest) t->lowest = name;
}

bool prism_names_new(int kind, GLsizei n, GLuint *names, uint32_t *serials) {
	prism_context *c = prism_t->ctx;
	if (!c || prism_lost_now()) return false;
	if (n < 0) {
		prism_error(GL_INVALID_VALUE);
		return false;
	}
	bool ok = true;
	pthread_mutex_lock(&c->share->mu);
	prism_names *t = table(c, kind);
	for (GLsizei i = 0; i < n && ok; i++) {
		uint32_t name = t->lowest ? t->lowest : 1;
		while (prism_map_get(&t->by_name, name, NULL)) name++;
		uint32_t serial = name ? add(t, name, born(kind)) : 0;
		if (!serial) {
			while (i-- > 0) drop(t, names[i], serials[i]);
			ok = false;
			break;
		}
		t->lowest = name + 1;
		names[i] = name;
		serials[i] = serial;
	}
	pthread_mutex_unlock(&c->share->mu);
	if (!ok) prism_error(GL_OUT_OF_MEMORY);
	return ok;
}

void prism_names_delete(int kind, GLsizei n, const GLuint *names, uint32_t *serials) {
	prism_context *c = prism_t->ctx;
	if (n < 0) return;
	if (!c) {
		memset(serials, 0, (size_t)n * sizeof *serials);
		return;
	}
	pthread_mutex_lock(&c->share->mu);
	prism_names *t = table(c, kind);
	for (GLsizei i = 0; i < n; i++) {
		uint64_t v;
		serials[i] = 0;
		if (!prism_map_get(&t->by_name, names[i], &v)) continue;
		serials[i] = (uint32_t)v;
		drop(t, names[i], (uint32_t)v);
	}
	pthread_mutex_unlock(&c->share->mu);
}

void prism_names_made(int kind, GLsizei n, const GLuint *names) {
	prism_context *c = prism_t->ctx;
	if (!c) return;
	pthread_mutex_lock(&c->share->mu);
	prism_names *t = table(c, kind);
	for (GLsizei i = 0; i < n; i++) {
		uint64_t v = 0;
		if (names[i] && prism_map_get(&t->by_name, names[i], &v)) prism_map_put(&t->by_name, names[i], v | PRISM_NAME_MADE);
	}
	pthread_mutex_unlock(&c->share->mu);
}

/* Display lists belong to the group, and have no kind. */
static prism_names *labels_of(prism_context *c, int kind) { return kind ? table(c, kind) : &c->share->names[0]; }

bool prism_label_set(int kind, uint32_t key, const char *text, size_t n) {
	prism_context *c = prism_t->ctx;
	char *copy = c && text ? malloc(n + 1) : NULL;
	if (!c || (text && !copy)) return !text;
	pthread_mutex_lock(&c->share->mu);
	prism_names *t = labels_of(c, kind);
	label_drop(t, key);
	bool ok = true;
	if (copy) {
		memcpy(copy, text, n);
		copy[n] = 0;
		ok = prism_map_put(&t->labels, key, (uint64_t)(uintptr_t)copy);
	}
	pthread_mutex_unlock(&c->share->mu);
	if (!ok) free(copy);
	return ok;
}

size_t prism_label_get(int kind, uint32_t key, char *to, size_t room) {
	prism_context *c = prism_t->ctx;
	uint64_t v;
	size_t n = 0;
	if (c) {
		pthread_mutex_lock(&c->share->mu);
		if (prism_map_get(&labels_of(c, kind)->labels, key, &v)) {
			n = strlen((const char *)(uintptr_t)v);
			if (n >= room) n = room - 1;
			memcpy(to, (const void *)(uintptr_t)v, n);
		}
		pthread_mutex_unlock(&c->share->mu);
	}
	to[n] = 0;
	return n;
}

/* A sync's name is a pointer to the app; it carries a small number as other names do. */
uint32_t prism_sync_new(GLsync *s) {
	GLuint name = 0;
	uint32_t serial = 0;
	*s = NULL;
	if (!prism_names_new(PRISM_KIND_SYNC, 1, &name, &serial)) return 0;
	*s = (GLsync)(uintptr_t)name;
	return serial;
}

static bool sync_name(GLsync s, GLuint *name) {
	*name = (GLuint)(uintptr_t)s;
	return *name && (uintptr_t)s <= UINT32_MAX;
}

uint32_t prism_sync_serial(GLsync s, bool *ok) {
	GLuint name;
	if (sync_name(s, &name)) return prism_serial(PRISM_KIND_SYNC, name, ok);
	*ok = false;
	prism_error(GL_INVALID_VALUE);
	return 0;
}

void prism_sync_delete(GLsync s) {
	GLuint name;
	uint32_t serial;
	if (sync_name(s, &name)) prism_names_delete(PRISM_KIND_SYNC, 1, &name, &serial);
}
