/* What this node's driver has to say, for apps that ask for debug output: kept until Go sends it, so much of it that neither a chatty driver
 * nor a hostile stream fills anything. The leading node speaks for all. */
#include "state.h"
#include "replay_run.h"

enum { MOST_SAID = 64, MOST_TEXT = 1000 }; /* messages of one run of the unpackers, bytes of each */

struct said {
	replay_said at[MOST_SAID];
	char text[MOST_SAID][MOST_TEXT + 1];
	uint32_t n, dropped;
};

static struct said *said_of(replay *r) {
	struct replay_private *p = r->priv;
	if (!p->said) p->said = calloc(1, sizeof *p->said);
	return p->said;
}
void said_free(replay *r) {
	free(r->priv->said);
	r->priv->said = NULL;
}

static void say(replay *r, GLenum source, GLenum type, GLuint id, GLenum severity, size_t length, const char *text) {
	struct said *s = r->ctx ? said_of(r) : NULL;
	if (!s) return;
	if (s->n == MOST_SAID) {
		s->dropped++;
		return;
	}
	if (length > MOST_TEXT) length = MOST_TEXT;
	memcpy(s->text[s->n], text, length);
	s->text[s->n][length] = 0;
	s->at[s->n] = (replay_said){r->ctx->serial, source, type, id, severity, (uint32_t)length, s->text[s->n]};
	s->n++;
}

static void APIENTRY said(GLenum source, GLenum type, GLuint id, GLenum severity, GLsizei length, const GLchar *text, const void *user) {
	replay *r = replay_now;
	(void)user;
	/* What prism's own context does is no affair of the app's. */
	if (r && !r->priv->util_current) say(r, source, type, id, severity, length < 0 ? strlen(text) : (size_t)length, text);
}

void said_error(replay *r, GLenum error, const char *text) {
	if (r->ctx && r->ctx->debug) say(r, GL_DEBUG_SOURCE_API, GL_DEBUG_TYPE_ERROR, error, GL_DEBUG_SEVERITY_HIGH, strlen(text), text);
}

static void listen(replay *r, bool on) {
	const struct prism_glapi *g = &r->gl;
	if (!r->priv->lead || r->ctx->debug == on || r->ctx->in_begin) return;
	r->ctx->debug = on;
	if (!g->DebugMessageCallback || !g->DebugMessageControl || !replay_offered(r, "GL_KHR_debug")) return;
	if (on) {
		g->DebugMessageCallback(said, NULL);
		/* The app's process filters, what it wants may change at any time. */
		g->DebugMessageControl(GL_DONT_CARE, GL_DONT_CARE, GL_DONT_CARE, 0, NULL, GL_TRUE);
		r->priv->real.Enable(GL_DEBUG_OUTPUT_SYNCHRONOUS); /* replay_now knows the context */
	}
	(on ? r->priv->real.Enable : r->priv->real.Disable)(GL_DEBUG_OUTPUT);
	if (!on) g->DebugMessageCallback(NULL, NULL);
}

int x_prismDebug(replay *r, const uint8_t *rec, const uint8_t *end) {
	(void)end;
	listen(r, ((const struct prism_rec_prismDebug *)(const void *)rec)->on != 0);
	return 0;
}

uint32_t replay_said_take(replay *r, const replay_said **at, uint32_t *dropped) {
	struct said *s = r->priv->said;
	const uint32_t n = s ? s->n : 0;
	*at = s ? s->at : NULL;
	*dropped = s ? s->dropped : 0;
	if (s) s->n = s->dropped = 0;
	return n;
}
