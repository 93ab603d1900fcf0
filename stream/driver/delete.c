/* What the glDelete… commands have in common whose objects this process knows more of than a name. */
#include "clientstate.h"

enum { AT_ONCE = 512 };

void prism_delete(int kind, GLsizei n, const GLuint *names, prism_ended *ended, prism_put_names *put) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (n < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	for (GLsizei done = 0; done < n;) {
		const GLsizei k = n - done < AT_ONCE ? n - done : AT_ONCE;
		uint32_t serials[AT_ONCE];
		prism_names_delete(kind, k, names + done, serials);
		for (GLsizei i = 0; i < k; i++)
			if (serials[i]) ended(c, names[done + i], serials[i]);
		prism_arr a;
		if (!prism_arr_in(&a, serials, (uint64_t)k * sizeof *serials)) return;
		put(k, &a);
		done += k;
	}
}
