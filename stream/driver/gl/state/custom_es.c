/* What OpenGL ES has of its own, and what it lacks of what the driver answers itself. Errors that a node finds need no word here: its GL is an
 * OpenGL ES one for such a context. */
#include "clientstate.h"

bool prism_es_lacks(const prism_client *c, GLenum pname) {
	if (!c->es) return false;
	switch (pname) {
	case GL_UNPACK_SWAP_BYTES: case GL_UNPACK_LSB_FIRST: case GL_PACK_SWAP_BYTES: case GL_PACK_LSB_FIRST: case GL_PACK_IMAGE_HEIGHT:
	case GL_PACK_SKIP_IMAGES: case GL_UNPACK_COMPRESSED_BLOCK_WIDTH: case GL_UNPACK_COMPRESSED_BLOCK_HEIGHT: case GL_UNPACK_COMPRESSED_BLOCK_DEPTH:
	case GL_UNPACK_COMPRESSED_BLOCK_SIZE: case GL_PACK_COMPRESSED_BLOCK_WIDTH: case GL_PACK_COMPRESSED_BLOCK_HEIGHT:
	case GL_PACK_COMPRESSED_BLOCK_DEPTH: case GL_PACK_COMPRESSED_BLOCK_SIZE: case GL_CLIENT_ACTIVE_TEXTURE: case GL_CLIENT_ATTRIB_STACK_DEPTH: case GL_MAX_CLIENT_ATTRIB_STACK_DEPTH:
	case GL_LIST_INDEX: case GL_LIST_MODE: case GL_RENDER_MODE: case GL_SELECTION_BUFFER_SIZE: case GL_FEEDBACK_BUFFER_SIZE:
	case GL_FEEDBACK_BUFFER_TYPE: case GL_CONTEXT_PROFILE_MASK: case GL_MAX_TEXTURE_COORDS: case GL_MAX_TEXTURE_UNITS: return true;
	case GL_VERTEX_ARRAY: case GL_NORMAL_ARRAY: case GL_COLOR_ARRAY: case GL_INDEX_ARRAY: case GL_EDGE_FLAG_ARRAY: case GL_FOG_COORD_ARRAY:
	case GL_SECONDARY_COLOR_ARRAY: case GL_TEXTURE_COORD_ARRAY: return true;
	case GL_VERTEX_ARRAY_BUFFER_BINDING: case GL_NORMAL_ARRAY_BUFFER_BINDING: case GL_COLOR_ARRAY_BUFFER_BINDING: case GL_INDEX_ARRAY_BUFFER_BINDING:
	case GL_TEXTURE_COORD_ARRAY_BUFFER_BINDING: case GL_EDGE_FLAG_ARRAY_BUFFER_BINDING: case GL_SECONDARY_COLOR_ARRAY_BUFFER_BINDING:
	case GL_FOG_COORD_ARRAY_BUFFER_BINDING: return true;
	default: /* sizes, types and strides of fixed arrays, in two runs of numbers */
		return (pname >= GL_VERTEX_ARRAY_SIZE && pname <= GL_EDGE_FLAG_ARRAY_STRIDE) || (pname >= GL_FOG_COORD_ARRAY_TYPE && pname <= GL_FOG_COORD_ARRAY_STRIDE) ||
		       (pname >= GL_SECONDARY_COLOR_ARRAY_SIZE && pname <= GL_SECONDARY_COLOR_ARRAY_STRIDE);
	}
}

/* The contents may stay: an app that gives them up cannot count on another value either. */
void APIENTRY prism_gl_DiscardFramebufferEXT(GLenum target, GLsizei n, const GLenum *attachments) {
	prism_client *c = prism_client_out();
	if (!c) return;
	bool own = target == GL_READ_FRAMEBUFFER ? c->read_framebuffer : c->draw_framebuffer;
	GLenum error = target != GL_FRAMEBUFFER && target != GL_DRAW_FRAMEBUFFER && target != GL_READ_FRAMEBUFFER ? GL_INVALID_ENUM : n < 0 ? GL_INVALID_VALUE : 0;
	for (GLsizei i = 0; attachments && i < n && !error; i++) {
		GLenum a = attachments[i];
		bool color = a >= GL_COLOR_ATTACHMENT0 && a <= GL_COLOR_ATTACHMENT31;
		if (own ? !color && a != GL_DEPTH_ATTACHMENT && a != GL_STENCIL_ATTACHMENT && a != GL_DEPTH_STENCIL_ATTACHMENT
		        : a != GL_COLOR && a != GL_DEPTH && a != GL_STENCIL)
			error = own || !color ? GL_INVALID_ENUM : GL_INVALID_OPERATION;
	}
	if (error) prism_error(error);
}
