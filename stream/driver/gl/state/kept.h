/* Answers that are kept: what glGet and glIsEnabled said is said again, without asking, as long as it is known what the app's commands have
 * made of it since. See kept.c. */
#ifndef PRISM_KEPT_H
#define PRISM_KEPT_H
#include "clientstate.h"

typedef struct prism_kept_item prism_kept_item;

/* Beside those of prism_get: glGetTexEnv, a = target, b = pname, form: GL_INT or GL_FLOAT. */
#define PRISM_KEPT_TEXENV 0x100u

/* What a question (as in prism_get) is kept as; NULL: such answers are not kept. Valid until the next call. */
PRISM_HIDDEN prism_kept_item *prism_kept_find(prism_client *c, uint32_t what, uint32_t form, uint32_t a, uint32_t b);
/* The answer, at most max bytes of it to `to`: how many it has; -1: it must be asked. */
PRISM_HIDDEN int prism_kept_value(prism_kept_item *q, void *to, uint32_t max);
/* What was answered. */
PRISM_HIDDEN void prism_kept_learn(prism_kept_item *q, const void *data, uint32_t bytes);
/* A display list begins or has ended: what calls of it change. */
PRISM_HIDDEN uint64_t prism_kept_list(prism_client *c, bool begins);
/* The list whose call was packed last changes that, ~0: not known. */
PRISM_HIDDEN void prism_kept_called(prism_client *c, uint64_t changes);
/* Display lists are about to be deleted. */
PRISM_HIDDEN void prism_kept_lists_gone(prism_client *c);
PRISM_HIDDEN void prism_kept_free(struct prism_kept *k);
#endif
