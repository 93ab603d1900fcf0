// Package gl is the part of OpenGL 1 that the sample calls, bound directly: the program links libGL, as programs of that
// age do, where go-gl asks for the address of each function (and takes minutes to build).
package gl

// #cgo LDFLAGS: -lGL
// #include <GL/gl.h>
// #cgo nocallback glBegin
// #cgo noescape glBegin
// #cgo nocallback glBindTexture
// #cgo noescape glBindTexture
// #cgo nocallback glBlendFunc
// #cgo noescape glBlendFunc
// #cgo nocallback glCallList
// #cgo noescape glCallList
// #cgo nocallback glCallLists
// #cgo noescape glCallLists
// #cgo nocallback glClear
// #cgo noescape glClear
// #cgo nocallback glClearColor
// #cgo noescape glClearColor
// #cgo nocallback glClearStencil
// #cgo noescape glClearStencil
// #cgo nocallback glColor4f
// #cgo noescape glColor4f
// #cgo nocallback glDeleteLists
// #cgo noescape glDeleteLists
// #cgo nocallback glDeleteTextures
// #cgo noescape glDeleteTextures
// #cgo nocallback glDepthMask
// #cgo noescape glDepthMask
// #cgo nocallback glDisable
// #cgo noescape glDisable
// #cgo nocallback glEnable
// #cgo noescape glEnable
// #cgo nocallback glEnd
// #cgo noescape glEnd
// #cgo nocallback glEndList
// #cgo noescape glEndList
// #cgo nocallback glGenLists
// #cgo noescape glGenLists
// #cgo nocallback glGenTextures
// #cgo noescape glGenTextures
// #cgo nocallback glGetError
// #cgo noescape glGetError
// #cgo nocallback glGetString
// #cgo noescape glGetString
// #cgo nocallback glLightModelfv
// #cgo noescape glLightModelfv
// #cgo nocallback glLightModeli
// #cgo noescape glLightModeli
// #cgo nocallback glLightf
// #cgo noescape glLightf
// #cgo nocallback glLightfv
// #cgo noescape glLightfv
// #cgo nocallback glListBase
// #cgo noescape glListBase
// #cgo nocallback glLoadMatrixf
// #cgo noescape glLoadMatrixf
// #cgo nocallback glMaterialf
// #cgo noescape glMaterialf
// #cgo nocallback glMaterialfv
// #cgo noescape glMaterialfv
// #cgo nocallback glMatrixMode
// #cgo noescape glMatrixMode
// #cgo nocallback glMultMatrixf
// #cgo noescape glMultMatrixf
// #cgo nocallback glNewList
// #cgo noescape glNewList
// #cgo nocallback glNormal3f
// #cgo noescape glNormal3f
// #cgo nocallback glPixelStorei
// #cgo noescape glPixelStorei
// #cgo nocallback glPolygonOffset
// #cgo noescape glPolygonOffset
// #cgo nocallback glPopAttrib
// #cgo noescape glPopAttrib
// #cgo nocallback glPopMatrix
// #cgo noescape glPopMatrix
// #cgo nocallback glPushAttrib
// #cgo noescape glPushAttrib
// #cgo nocallback glPushMatrix
// #cgo noescape glPushMatrix
// #cgo nocallback glReadPixels
// #cgo noescape glReadPixels
// #cgo nocallback glRotated
// #cgo noescape glRotated
// #cgo nocallback glRotatef
// #cgo noescape glRotatef
// #cgo nocallback glScalef
// #cgo noescape glScalef
// #cgo nocallback glStencilFunc
// #cgo noescape glStencilFunc
// #cgo nocallback glStencilOp
// #cgo noescape glStencilOp
// #cgo nocallback glTexCoord2f
// #cgo noescape glTexCoord2f
// #cgo nocallback glTexEnvi
// #cgo noescape glTexEnvi
// #cgo nocallback glTexGeni
// #cgo noescape glTexGeni
// #cgo nocallback glTexImage2D
// #cgo noescape glTexImage2D
// #cgo nocallback glTexParameteri
// #cgo noescape glTexParameteri
// #cgo nocallback glTranslatef
// #cgo noescape glTranslatef
// #cgo nocallback glVertex2f
// #cgo noescape glVertex2f
// #cgo nocallback glVertex3f
// #cgo noescape glVertex3f
// #cgo nocallback glViewport
// #cgo noescape glViewport
import "C"

import "unsafe"

// The names that the sample uses.
const (
	AMBIENT                   = C.GL_AMBIENT
	BLEND                     = C.GL_BLEND
	COLOR_BUFFER_BIT          = C.GL_COLOR_BUFFER_BIT
	COMPILE                   = C.GL_COMPILE
	CULL_FACE                 = C.GL_CULL_FACE
	CURRENT_BIT               = C.GL_CURRENT_BIT
	DEPTH_BUFFER_BIT          = C.GL_DEPTH_BUFFER_BIT
	DEPTH_TEST                = C.GL_DEPTH_TEST
	DIFFUSE                   = C.GL_DIFFUSE
	ENABLE_BIT                = C.GL_ENABLE_BIT
	EQUAL                     = C.GL_EQUAL
	FRONT                     = C.GL_FRONT
	INCR                      = C.GL_INCR
	KEEP                      = C.GL_KEEP
	LIGHT0                    = C.GL_LIGHT0
	LIGHT1                    = C.GL_LIGHT1
	LIGHTING                  = C.GL_LIGHTING
	LIGHT_MODEL_AMBIENT       = C.GL_LIGHT_MODEL_AMBIENT
	LIGHT_MODEL_COLOR_CONTROL = C.GL_LIGHT_MODEL_COLOR_CONTROL
	LINEAR                    = C.GL_LINEAR
	MODELVIEW                 = C.GL_MODELVIEW
	MODULATE                  = C.GL_MODULATE
	NORMALIZE                 = C.GL_NORMALIZE
	NO_ERROR                  = C.GL_NO_ERROR
	ONE_MINUS_SRC_ALPHA       = C.GL_ONE_MINUS_SRC_ALPHA
	POLYGON_BIT               = C.GL_POLYGON_BIT
	POLYGON_OFFSET_FILL       = C.GL_POLYGON_OFFSET_FILL
	POSITION                  = C.GL_POSITION
	PROJECTION                = C.GL_PROJECTION
	QUADS                     = C.GL_QUADS
	QUAD_STRIP                = C.GL_QUAD_STRIP
	RGB                       = C.GL_RGB
	RGB8                      = C.GL_RGB8
	SEPARATE_SPECULAR_COLOR   = C.GL_SEPARATE_SPECULAR_COLOR
	SHININESS                 = C.GL_SHININESS
	SPECULAR                  = C.GL_SPECULAR
	SPHERE_MAP                = C.GL_SPHERE_MAP
	SPOT_CUTOFF               = C.GL_SPOT_CUTOFF
	SPOT_DIRECTION            = C.GL_SPOT_DIRECTION
	SPOT_EXPONENT             = C.GL_SPOT_EXPONENT
	SRC_ALPHA                 = C.GL_SRC_ALPHA
	STENCIL_BUFFER_BIT        = C.GL_STENCIL_BUFFER_BIT
	STENCIL_TEST              = C.GL_STENCIL_TEST
	TEXTURE_2D                = C.GL_TEXTURE_2D
	TEXTURE_ENV               = C.GL_TEXTURE_ENV
	TEXTURE_ENV_MODE          = C.GL_TEXTURE_ENV_MODE
	TEXTURE_GEN_MODE          = C.GL_TEXTURE_GEN_MODE
	TEXTURE_GEN_S             = C.GL_TEXTURE_GEN_S
	TEXTURE_GEN_T             = C.GL_TEXTURE_GEN_T
	TEXTURE_MAG_FILTER        = C.GL_TEXTURE_MAG_FILTER
	TEXTURE_MIN_FILTER        = C.GL_TEXTURE_MIN_FILTER
	UNPACK_ALIGNMENT          = C.GL_UNPACK_ALIGNMENT
	UNSIGNED_BYTE             = C.GL_UNSIGNED_BYTE
	S                         = C.GL_S
	T                         = C.GL_T
)

// Init does nothing: the functions are there once the program is linked.
func Init() error { return nil }

// The functions, as the reference describes them.

func Begin(mode uint32)                  { C.glBegin(C.GLenum(mode)) }
func BindTexture(target, texture uint32) { C.glBindTexture(C.GLenum(target), C.GLuint(texture)) }
func BlendFunc(source, dest uint32)      { C.glBlendFunc(C.GLenum(source), C.GLenum(dest)) }
func CallList(list uint32)               { C.glCallList(C.GLuint(list)) }
func CallLists(n int32, kind uint32, lists unsafe.Pointer) {
	C.glCallLists(C.GLsizei(n), C.GLenum(kind), lists)
}
func Clear(mask uint32) { C.glClear(C.GLbitfield(mask)) }
func ClearColor(r, g, b, a float32) {
	C.glClearColor(C.GLfloat(r), C.GLfloat(g), C.GLfloat(b), C.GLfloat(a))
}
func ClearStencil(s int32)             { C.glClearStencil(C.GLint(s)) }
func Color4f(r, g, b, a float32)       { C.glColor4f(C.GLfloat(r), C.GLfloat(g), C.GLfloat(b), C.GLfloat(a)) }
func DeleteLists(list uint32, n int32) { C.glDeleteLists(C.GLuint(list), C.GLsizei(n)) }
func DeleteTextures(n int32, textures *uint32) {
	C.glDeleteTextures(C.GLsizei(n), (*C.GLuint)(textures))
}
func DepthMask(on bool) {
	var b C.GLboolean
	if on {
		b = 1
	}
	C.glDepthMask(b)
}
func Disable(what uint32)                   { C.glDisable(C.GLenum(what)) }
func Enable(what uint32)                    { C.glEnable(C.GLenum(what)) }
func End()                                  { C.glEnd() }
func EndList()                              { C.glEndList() }
func GenLists(n int32) uint32               { return uint32(C.glGenLists(C.GLsizei(n))) }
func GenTextures(n int32, textures *uint32) { C.glGenTextures(C.GLsizei(n), (*C.GLuint)(textures)) }
func GetError() uint32                      { return uint32(C.glGetError()) }
func GetString(name uint32) *uint8          { return (*uint8)(C.glGetString(C.GLenum(name))) }
func LightModelfv(name uint32, v *float32)  { C.glLightModelfv(C.GLenum(name), (*C.GLfloat)(v)) }
func LightModeli(name uint32, v int32)      { C.glLightModeli(C.GLenum(name), C.GLint(v)) }
func Lightf(light, name uint32, v float32)  { C.glLightf(C.GLenum(light), C.GLenum(name), C.GLfloat(v)) }
func Lightfv(light, name uint32, v *float32) {
	C.glLightfv(C.GLenum(light), C.GLenum(name), (*C.GLfloat)(v))
}
func ListBase(list uint32)   { C.glListBase(C.GLuint(list)) }
func LoadMatrixf(m *float32) { C.glLoadMatrixf((*C.GLfloat)(m)) }
func Materialf(face, name uint32, v float32) {
	C.glMaterialf(C.GLenum(face), C.GLenum(name), C.GLfloat(v))
}
func Materialfv(face, name uint32, v *float32) {
	C.glMaterialfv(C.GLenum(face), C.GLenum(name), (*C.GLfloat)(v))
}
func MatrixMode(mode uint32)              { C.glMatrixMode(C.GLenum(mode)) }
func MultMatrixf(m *float32)              { C.glMultMatrixf((*C.GLfloat)(m)) }
func NewList(list, mode uint32)           { C.glNewList(C.GLuint(list), C.GLenum(mode)) }
func Normal3f(x, y, z float32)            { C.glNormal3f(C.GLfloat(x), C.GLfloat(y), C.GLfloat(z)) }
func PixelStorei(name uint32, v int32)    { C.glPixelStorei(C.GLenum(name), C.GLint(v)) }
func PolygonOffset(factor, units float32) { C.glPolygonOffset(C.GLfloat(factor), C.GLfloat(units)) }
func PopAttrib()                          { C.glPopAttrib() }
func PopMatrix()                          { C.glPopMatrix() }
func PushAttrib(mask uint32)              { C.glPushAttrib(C.GLbitfield(mask)) }
func PushMatrix()                         { C.glPushMatrix() }
func ReadPixels(x, y, width, height int32, format, xtype uint32, pixels unsafe.Pointer) {
	C.glReadPixels(C.GLint(x), C.GLint(y), C.GLsizei(width), C.GLsizei(height), C.GLenum(format), C.GLenum(xtype), pixels)
}
func Rotated(angle, x, y, z float64) {
	C.glRotated(C.GLdouble(angle), C.GLdouble(x), C.GLdouble(y), C.GLdouble(z))
}
func Rotatef(angle, x, y, z float32) {
	C.glRotatef(C.GLfloat(angle), C.GLfloat(x), C.GLfloat(y), C.GLfloat(z))
}
func Scalef(x, y, z float32) { C.glScalef(C.GLfloat(x), C.GLfloat(y), C.GLfloat(z)) }
func StencilFunc(f uint32, ref int32, mask uint32) {
	C.glStencilFunc(C.GLenum(f), C.GLint(ref), C.GLuint(mask))
}
func StencilOp(fail, zfail, zpass uint32) {
	C.glStencilOp(C.GLenum(fail), C.GLenum(zfail), C.GLenum(zpass))
}
func TexCoord2f(s, t float32)              { C.glTexCoord2f(C.GLfloat(s), C.GLfloat(t)) }
func TexEnvi(target, name uint32, v int32) { C.glTexEnvi(C.GLenum(target), C.GLenum(name), C.GLint(v)) }
func TexGeni(coord, name uint32, v int32)  { C.glTexGeni(C.GLenum(coord), C.GLenum(name), C.GLint(v)) }
func TexImage2D(target uint32, level, internal, width, height, border int32, format, xtype uint32, pixels unsafe.Pointer) {
	C.glTexImage2D(C.GLenum(target), C.GLint(level), C.GLint(internal), C.GLsizei(width), C.GLsizei(height), C.GLint(border), C.GLenum(format), C.GLenum(xtype), pixels)
}
func TexParameteri(target, name uint32, v int32) {
	C.glTexParameteri(C.GLenum(target), C.GLenum(name), C.GLint(v))
}
func Translatef(x, y, z float32) { C.glTranslatef(C.GLfloat(x), C.GLfloat(y), C.GLfloat(z)) }
func Vertex2f(x, y float32)      { C.glVertex2f(C.GLfloat(x), C.GLfloat(y)) }
func Vertex3f(x, y, z float32)   { C.glVertex3f(C.GLfloat(x), C.GLfloat(y), C.GLfloat(z)) }
func Viewport(x, y, width, height int32) {
	C.glViewport(C.GLint(x), C.GLint(y), C.GLsizei(width), C.GLsizei(height))
}
