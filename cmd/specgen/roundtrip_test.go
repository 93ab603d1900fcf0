package main

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/gl"
)

const wantCalls = `error 0x501, status 0x8cd5
Clear 0x4100
Vertex3f 1 -2 0.25
Vertex3fv 0.5 1 2
Color3b -1 127 -128
DepthRange 0.125 1
Color3b -1 127 -128
Color3ubv 1 254 255
MultiTexCoord2dv 0x84c1 0.125 -3
VertexAttrib4Nub 7 1 2 254 255
Vertex2s -3 4
Uniform4fv 3 1 0.5 1 2 3
EdgeFlag 1
Vertex3fv 0.5 1 2
Uniform4fv 3 2 0.5 1 2 3 4 5 6 7
Uniform3fv -1 1 0.5 1 2
Uniform4fv 3 -1
Lightfv 0x4000 0x1204 0.5 1 2 0
Rectfv 0.5 1
 1 2
GenTextures 3
  add textures 2 101 7
  add textures 2 102 8
  add textures 2 103 9
BindTexture 0xde1 1103
TexImage2D 0xde1 0 2x2 3
TexImage2D 0xde1 1 1x1 -1
CompressedTexImage3D 0x8c1a 0x8dbb 8x4x2 blocks of eight bytes, four of 0
BufferData 0x8892 5 hello 0x88e4
DrawElements 4 6 0x1403 64
BindAttribLocation 1105 2 position
TransformFeedbackVaryings 1105 2 ab cde 0x8c8d
  reply 77
  returns 0x8cd5
  reply 77
GetTexParameterfv 0xde1 0x1004
  array of 16 bytes
DeleteTextures 2: 1101 1102
  remove 2 101
  remove 2 102
`

const wantRecords = `glClear(mask = GL_DEPTH_BUFFER_BIT | GL_COLOR_BUFFER_BIT)
glVertex3f(x = 1, y = -2, z = 0.25)
glVertex3fv(v = {0.5, 1, 2})
glColor3b(red = -1, green = 127, blue = -128)
glDepthRange(n = 0.125, f = 1)
prismVertices(items = {glColor3b(red = -1, green = 127, blue = -128), glColor3ubv(v = blob(3 bytes)), glMultiTexCoord2dv(target = GL_TEXTURE1, v = {0.125, -3}), glVertexAttrib4Nub(index = 7, x = 1, y = 2, z = 254, w = 255), glVertex2s(x = -3, y = 4)})
glUniform4fv(location = 3, count = 1, value = {0.5, 1, 2, 3})
prismVertices(items = {glEdgeFlag(flag = GL_TRUE), glVertex3fv(v = {0.5, 1, 2})})
glUniform4fv(location = 3, count = 2, value = {0.5, 1, 2, 3, 4, 5, 6, 7})
glUniform3fv(location = -1, count = 1, value = {0.5, 1, 2})
glUniform4fv(location = 3, count = -1, value = {})
glLightfv(light = GL_LIGHT0, pname = GL_SPOT_DIRECTION, params = {0.5, 1, 2})
glRectfv(v1 = {0.5, 1}, v2 = {1, 2})
glGenTextures(n = 3, textures = {101, 102, 103})
glBindTexture(target = GL_TEXTURE_2D, texture = 103)
glTexImage2D(target = GL_TEXTURE_2D, level = 0, internalformat = 6408, width = 2, height = 2, border = 0, format = GL_RGBA, type = GL_UNSIGNED_BYTE, pixels = blob(16 bytes))
glTexImage2D(target = GL_TEXTURE_2D, level = 1, internalformat = 6408, width = 1, height = 1, border = 0, format = GL_RGBA, type = GL_UNSIGNED_BYTE, pixels = NULL)
glCompressedTexImage3D(target = GL_TEXTURE_2D_ARRAY, level = 0, internalformat = GL_COMPRESSED_RED_RGTC1, width = 8, height = 4, depth = 2, border = 0, imageSize = 32, data = blob(32 bytes))
glBufferData(target = GL_ARRAY_BUFFER, size = 5, data = blob(5 bytes), usage = GL_STATIC_DRAW)
glDrawElements(mode = GL_TRIANGLES, count = 6, type = GL_UNSIGNED_SHORT, indices = offset 0x40)
glBindAttribLocation(program = 105, index = 2, name = "position")
glTransformFeedbackVaryings(program = 105, count = 2, varyings = {"ab", "cde"}, bufferMode = GL_SEPARATE_ATTRIBS)
glCheckFramebufferStatus(target = GL_FRAMEBUFFER) ? 0x4d
glGetTexParameterfv(target = GL_TEXTURE_2D, pname = GL_TEXTURE_BORDER_COLOR) ? 0x4d
glDeleteTextures(n = 2, textures = {101, 102})
`

// hooks writes a C file with the overlay's hooks, which do nothing here.
func hooks(t *testing.T, dir string) string {
	t.Helper()
	text, seen := "", map[string]bool{"": true}
	for _, c := range realModel(t).Commands {
		for _, h := range []string{c.Before, c.After, c.NodeAfter} {
			if !seen[h] {
				seen[h] = true
				text += "int " + h + "(void);\nint " + h + "(void) { return 0; }\n"
			}
		}
	}
	path := filepath.Join(dir, "hooks.c")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRoundTrip sends calls through the generated packers, reads the bytes with stream/gl, and runs them through the generated
// unpackers into a GL that prints. Both runtimes are doubles (testdata/c).
func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	bin, records := filepath.Join(dir, "double"), filepath.Join(dir, "records")
	args := []string{"-std=gnu11", "-O0", "-Wall", "-Wextra", "-ffunction-sections", "-Wl,--gc-sections",
		"-I" + root + "/" + driverDir, "-I" + root + "/" + includeDir, "-I" + root + "/" + replayDir, "-o", bin, hooks(t, dir)}
	for _, pattern := range []string{"testdata/c/*.c", root + "/" + driverDir + "/span.c", root + "/" + replayDir + "/custom_vertices.c", root + "/" + glDir + "/pack_[0-9]*_gen.c", root + "/" + replayDir + "/unpack_*_gen.c"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		args = append(args, files...)
	}
	if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(bin, records).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if string(out) != wantCalls {
		t.Errorf("calls:\n%s\n%s", out, firstDifference(out, []byte(wantCalls)))
	}
	b, err := os.ReadFile(records)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for len(b) >= 8 {
		n := binary.LittleEndian.Uint32(b)
		if n < 8 || int(n) > len(b) {
			t.Fatalf("a record of %d bytes, %d are left", n, len(b))
		}
		got.WriteString(gl.Print(b[:n]) + "\n")
		b = b[n:]
	}
	if got.String() != wantRecords {
		t.Errorf("records:\n%s\n%s", got.String(), firstDifference([]byte(got.String()), []byte(wantRecords)))
	}
}
