package worker

import (
	"runtime"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/egl"
	"github.com/prismgl/prism/nodes/worker/replay"
)

// Makes of the default framebuffer.
const (
	makePbuffer = "pbuffer"
	makeFBO     = "fbo"
)

// limits that a probe asks for, by their names in the API.
var limits = []struct {
	name  string
	pname uint32
}{
	{"GL_MAX_TEXTURE_SIZE", 0x0D33},
	{"GL_MAX_RENDERBUFFER_SIZE", 0x84E8},
	{"GL_MAX_3D_TEXTURE_SIZE", 0x8073},
	{"GL_MAX_ARRAY_TEXTURE_LAYERS", 0x88FF},
	{"GL_MAX_DRAW_BUFFERS", 0x8824},
	{"GL_MAX_COMBINED_TEXTURE_IMAGE_UNITS", 0x8B4D},
	{"GL_MAX_VERTEX_ATTRIBS", 0x8869},
	{"GL_MAX_UNIFORM_BLOCK_SIZE", 0x8A30},
	{"GL_MAX_SAMPLES", 0x8D57},
	{"GL_MAX_VIEWPORTS", 0x825B},
}

// Probe tells what a device is and can, and which make of the default framebuffer it would use.
func Probe(device int) (proto.ProbeResult, error) {
	p := proto.ProbeResult{Device: device, Limits: map[string]int{}}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	dev, err := egl.Open(device)
	if err != nil {
		return p, err
	}
	defer dev.Close()
	r, err := replay.New(dev)
	if err != nil {
		return p, err
	}
	defer r.Release()
	pnames := make([]uint32, len(limits))
	for i, l := range limits {
		pnames[i] = l.pname
	}
	info, err := r.Describe(0, 0, 0, pnames)
	if err != nil {
		return p, err
	}
	p.Renderer, p.Vendor, p.Version, p.GLSL = info.Renderer, info.Vendor, info.Version, info.GLSL
	p.EGL, p.Robust = dev.Version(), dev.Robust()
	for i, l := range limits {
		p.Limits[l.name] = info.Values[i]
	}
	if core, err := r.Describe(1, 3, 2, nil); err == nil {
		p.CoreVersion = core.Version
	}
	p.Framebuffer, p.SelfTest = chooseMake("", r)
	return p, nil
}

// chooseMake gives the make that was asked for, or else the one that the self-test allows.
func chooseMake(want string, r *replay.Replay) (string, proto.SelfTest) {
	if want != "" {
		return want, proto.SelfTest{FBODiffPixels: -1, Text: "not carried out: the make is configured"}
	}
	t := r.SelfTest()
	if t.FBODiffPixels == 0 {
		return makeFBO, t
	}
	return makePbuffer, t
}
