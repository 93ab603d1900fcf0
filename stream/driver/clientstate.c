/* Making and ending what clientstate.h describes. */
#include "clientstate.h"
#include "gl/state/kept.h"
#include <stdlib.h>

static prism_shared *shared_get(struct prism_share *share) {
	prism_shared *sh = __atomic_load_n((prism_shared **)&share->constants, __ATOMIC_ACQUIRE);
	if (!sh) {
		prism_shared *made = calloc(1, sizeof *made), *none = NULL;
		if (!made) return NULL;
		pthread_mutex_init(&made->mu, NULL);
		if (__atomic_compare_exchange_n((prism_shared **)&share->constants, &none, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
			sh = made;
		} else {
			pthread_mutex_destroy(&made->mu);
			free(made);
			sh = none;
		}
	}
	__atomic_add_fetch(&sh->refs, 1, __ATOMIC_ACQ_REL);
	return sh;
}

void prism_object_free(prism_object *o) {
	if (!o) return;
	free(o->source);
	free(o->log);
	free(o->attached);
	free(o->info);
	free(o->resources);
	free(o->binary);
	free(o);
}

/* Calls fn for each pointer of a map and empties it. */
static void map_end(prism_map *m, void (*fn)(void *)) {
	for (uint32_t i = 0; fn && i < m->cap; i++)
		if (m->keys[i]) fn((void *)(uintptr_t)m->vals[i]);
	prism_map_free(m);
}
static void end_object(void *p) { prism_object_free(p); }
static void end_fence(void *p) {
	prism_fence_drop(p);
	free(p);
}
static void end_buffer(void *p) { prism_buffer_free(p); }

static void shared_put(struct prism_share *share, prism_shared *sh) {
	if (__atomic_sub_fetch(&sh->refs, 1, __ATOMIC_ACQ_REL)) return;
	/* The last context of its group ends: nobody else can look at share now. */
	__atomic_store_n((prism_shared **)&share->constants, NULL, __ATOMIC_RELEASE);
	map_end(&sh->objects, end_object);
	prism_packs_end(sh->packs);
	map_end(&sh->buffers, end_buffer);
	free(sh->maps);
	map_end(&sh->queries, prism_query_free);
	map_end(&sh->lists, prism_list_free);
	map_end(&sh->syncs, end_fence);
	pthread_mutex_destroy(&sh->mu);
	free(sh);
}

struct prism_client *prism_client_new(struct prism_context *ctx) {
	prism_client *c = calloc(1, sizeof *c);
	if (!c) return NULL;
	c->sh = shared_get(ctx->share);
	if (!c->sh) {
		free(c);
		return NULL;
	}
	c->ctx = ctx;
	c->core = prism_is_core(ctx);
	c->es = prism_is_es(ctx);
	c->pack.alignment = c->unpack.alignment = 4;
	c->feedback_type = GL_2D;
	prism_vao_init(&c->zero);
	c->vao = &c->zero;
	c->render_mode = GL_RENDER;
	return c;
}

void prism_client_free(struct prism_client *c) {
	if (!c) return;
	map_end(&c->vaos, free);
	map_end(&c->xfbs, free);
	prism_debug_free(c);
	prism_pipelines_end(c);
	map_end(&c->pipelines, prism_pipeline_free);
	for (prism_const *k = c->consts, *n; k; k = n) {
		n = k->next;
		free(k);
	}
	if (c->program.serial) {
		pthread_mutex_lock(&c->sh->mu);
		prism_object *o = prism_map_ptr(&c->sh->objects, c->program.serial);
		if (o && o->users && !--o->users && o->deleted) c->sh->orphans = true;
		pthread_mutex_unlock(&c->sh->mu);
	}
	prism_kept_free(c->kept);
	prism_list_free(c->building);
	free(c->attribs);
	free(c->version);
	free(c->glsl);
	free(c->extensions);
	free(c->extension);
	shared_put(c->ctx->share, c->sh);
	free(c);
}
