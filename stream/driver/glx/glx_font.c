/* glXUseXFont: the glyphs of an X font as display lists of one glBitmap each. */
#include <stdlib.h>
#include <X11/Xmd.h>
#include <GL/glxproto.h>
#include "glx.h"

typedef struct calls {
	void (*new_list)(GLuint, GLenum);
	void (*end_list)(void);
	void (*bitmap)(GLsizei, GLsizei, GLfloat, GLfloat, GLfloat, GLfloat, const GLubyte *);
	void (*get)(GLenum, GLint *);
	void (*store)(GLenum, GLint);
} calls;

static const GLenum store_names[] = {GL_UNPACK_SWAP_BYTES, GL_UNPACK_LSB_FIRST, GL_UNPACK_ROW_LENGTH, GL_UNPACK_SKIP_ROWS,
	GL_UNPACK_SKIP_PIXELS, GL_UNPACK_ALIGNMENT};
enum { STORES = sizeof store_names / sizeof *store_names };

static void *gl(const char *name) { return (void *)prism_glXGetProcAddress((const GLubyte *)name); }

/* Draws one character into a bitmap with rows from the bottom, most significant bit first, rows of whole bytes. */
static GLubyte *glyph(Display *dpy, Font font, unsigned c, int min_byte1, int max_byte1, int lbearing, int ascent, unsigned w, unsigned h) {
	unsigned row = (w + 7) / 8;
	GLubyte *bits = calloc(row, h);
	Pixmap pix = XCreatePixmap(dpy, DefaultRootWindow(dpy), w, h, 1);
	XGCValues v = {.foreground = 0, .background = 0, .font = font};
	GC gc = XCreateGC(dpy, pix, GCForeground | GCBackground | GCFont, &v);
	XFillRectangle(dpy, pix, gc, 0, 0, w, h);
	XSetForeground(dpy, gc, 1);
	XChar2b ch = {.byte1 = (unsigned char)(c >> 8), .byte2 = (unsigned char)c};
	char one = (char)c;
	if (min_byte1 || max_byte1) XDrawString16(dpy, pix, gc, -lbearing, ascent, &ch, 1);
	else XDrawString(dpy, pix, gc, -lbearing, ascent, &one, 1);
	XImage *img = XGetImage(dpy, pix, 0, 0, w, h, 1, XYPixmap);
	for (unsigned y = 0; bits && img && y < h; y++)
		for (unsigned x = 0; x < w; x++)
			if (XGetPixel(img, (int)x, (int)(h - 1 - y))) bits[y * row + x / 8] |= (GLubyte)(0x80u >> x % 8);
	if (img) XDestroyImage(img);
	XFreeGC(dpy, gc);
	XFreePixmap(dpy, pix);
	return bits;
}

void prism_glXUseXFont(Font font, int first, int count, int list) {
	prism_context *c = prism_t->ctx;
	Display *dpy = c ? c->dpy : NULL;
	calls f = {gl("glNewList"), gl("glEndList"), gl("glBitmap"), gl("glGetIntegerv"), gl("glPixelStorei")};
	if (!dpy || prism_lost_now()) return;
	if (!f.new_list || !f.end_list || !f.bitmap || !f.get || !f.store) {
		prism_unsupported("glXUseXFont");
		return;
	}
	XFontStruct *fs = count > 0 ? XQueryFont(dpy, font) : NULL;
	if (!fs) {
		if (count > 0) prism_glx_error(dpy, BadFont, font, X_GLXUseXFont, true);
		return;
	}
	GLint saved[STORES];
	for (int i = 0; i < STORES; i++) {
		f.get(store_names[i], &saved[i]);
		f.store(store_names[i], store_names[i] == GL_UNPACK_ALIGNMENT);
	}
	unsigned across = fs->max_char_or_byte2 - fs->min_char_or_byte2 + 1;
	for (int i = 0; i < count; i++) {
		unsigned ch = (unsigned)(first + i), lo = fs->min_char_or_byte2, b1 = 0, b2 = ch;
		if (fs->min_byte1 || fs->max_byte1) b1 = ch >> 8, b2 = ch & 255;
		bool known = b1 >= fs->min_byte1 && b1 <= fs->max_byte1 && b2 >= lo && b2 <= fs->max_char_or_byte2;
		const XCharStruct *m = !fs->per_char ? &fs->max_bounds : known ? &fs->per_char[(b1 - fs->min_byte1) * across + b2 - lo] : NULL;
		f.new_list((GLuint)(list + i), GL_COMPILE);
		if (known && m) {
			int w = m->rbearing - m->lbearing, h = m->ascent + m->descent;
			GLubyte *bits = w > 0 && h > 0 ? glyph(dpy, font, ch, (int)fs->min_byte1, (int)fs->max_byte1, m->lbearing, m->ascent, (unsigned)w, (unsigned)h) : NULL;
			f.bitmap(bits ? w : 0, bits ? h : 0, (GLfloat)-m->lbearing, (GLfloat)m->descent, m->width, 0, bits);
			free(bits);
		}
		f.end_list();
	}
	for (int i = 0; i < STORES; i++) f.store(store_names[i], saved[i]);
	XFreeFontInfo(NULL, fs, 1);
}
