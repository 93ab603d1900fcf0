package passes

import (
	"github.com/prismgl/prism/stream/gl"
)

// followed are the commands that are followed exactly, but for draws.
var followed = map[gl.Op]handler{
	gl.OpPrismSwap: func(t *Tracker, _ *context, _ *record, _ *Window) { t.swap() },
	gl.OpPrismContextCreate: func(t *Tracker, _ *context, r *record, _ *Window) {
		if share := t.contexts[r.U32(12)]; share != nil && r.U32(12) != 0 {
			t.context(r.U32(8)).group = share.group
		} else {
			t.context(r.U32(8))
		}
	},
	gl.OpPrismContextDestroy: func(t *Tracker, c *context, r *record, _ *Window) {
		if r.U32(8) != r.h.Ctx {
			delete(t.contexts, r.U32(8))
			t.last = nil
		}
	},

	gl.OpGlActiveTexture: func(_ *Tracker, c *context, r *record, _ *Window) {
		if u := int(r.U32(8)) - 0x84C0; u >= 0 && u < maxUnits {
			c.unit = u
		}
	},
	gl.OpGlBindTexture: func(t *Tracker, c *context, r *record, _ *Window) { t.bind(c, c.unit, r.U32(8), r.U32(12)) },
	gl.OpGlBindTextureUnit: func(t *Tracker, c *context, r *record, _ *Window) {
		u, i := int(r.U32(8)), t.texture(r.U32(12))
		switch {
		case u < 0 || u >= maxUnits:
		case i == nil: // all targets are emptied
			c.bound(u, 0)
			for k := range c.other {
				if k.unit == u {
					delete(c.other, k)
				}
			}
		case i.target != 0:
			t.bind(c, u, i.target, i.Texture)
		default:
			t.stop("a texture that was bound before its target was known")
		}
	},
	gl.OpGlBindSampler: func(_ *Tracker, c *context, r *record, _ *Window) {
		if u := r.U32(8); u < maxUnits {
			c.samplers[u] = r.U32(12)
			c.units = max(c.units, int(u)+1)
		}
	},
	gl.OpGlBindSamplers: func(t *Tracker, _ *context, _ *record, _ *Window) { t.stop("glBindSamplers") },
	gl.OpGlDeleteSamplers: func(t *Tracker, _ *context, r *record, _ *Window) {
		list, ok := r.Uints("samplers")
		if !ok {
			t.stop("many samplers deleted at once")
		}
		for _, s := range list {
			delete(t.samplers, s)
			for _, c := range t.contexts {
				for u := range c.samplers {
					if c.samplers[u] == s {
						c.samplers[u] = 0
					}
				}
			}
		}
	},
	gl.OpGlDeleteTextures: func(t *Tracker, _ *context, r *record, _ *Window) {
		list, ok := r.Uints("textures")
		if !ok {
			t.stop("many textures deleted at once")
		}
		for _, s := range list {
			if i := t.textures[s]; i != nil {
				t.retire(i, "it is deleted") // where it is still attached it lives on
				delete(t.textures, s)
				t.attached++
			}
			for _, c := range t.contexts {
				for u := range c.textures {
					if c.textures[u] == s {
						c.bound(u, 0)
					}
				}
			}
		}
	},

	gl.OpGlTexParameteri:    func(t *Tracker, c *context, r *record, _ *Window) { t.parameter(c, r, r.U32(16), true) },
	gl.OpGlTexParameterf:    func(t *Tracker, c *context, r *record, _ *Window) { t.parameter(c, r, r.rounded(16), true) },
	gl.OpGlTexParameteriv:   func(t *Tracker, c *context, r *record, _ *Window) { t.parameter(c, r, 0, false) },
	gl.OpGlTexParameterfv:   func(t *Tracker, c *context, r *record, _ *Window) { t.parameter(c, r, 0, false) },
	gl.OpGlTexParameterIiv:  func(t *Tracker, c *context, r *record, _ *Window) { t.parameter(c, r, 0, false) },
	gl.OpGlTexParameterIuiv: func(t *Tracker, c *context, r *record, _ *Window) { t.parameter(c, r, 0, false) },
	gl.OpGlTextureParameteri: func(t *Tracker, _ *context, r *record, _ *Window) {
		t.set(t.texture(r.U32(8)), r.U32(12), r.U32(16), true)
	},
	gl.OpGlTextureParameterf: func(t *Tracker, _ *context, r *record, _ *Window) {
		t.set(t.texture(r.U32(8)), r.U32(12), r.rounded(16), true)
	},
	gl.OpGlTextureParameteriv:   func(t *Tracker, _ *context, r *record, _ *Window) { t.set(t.texture(r.U32(8)), r.U32(12), 0, false) },
	gl.OpGlTextureParameterfv:   func(t *Tracker, _ *context, r *record, _ *Window) { t.set(t.texture(r.U32(8)), r.U32(12), 0, false) },
	gl.OpGlTextureParameterIiv:  func(t *Tracker, _ *context, r *record, _ *Window) { t.set(t.texture(r.U32(8)), r.U32(12), 0, false) },
	gl.OpGlTextureParameterIuiv: func(t *Tracker, _ *context, r *record, _ *Window) { t.set(t.texture(r.U32(8)), r.U32(12), 0, false) },
	gl.OpGlSamplerParameteri: func(t *Tracker, _ *context, r *record, _ *Window) {
		t.sampler(r.U32(8)).set(r.U32(12), r.U32(16), true)
	},
	gl.OpGlSamplerParameterf: func(t *Tracker, _ *context, r *record, _ *Window) {
		t.sampler(r.U32(8)).set(r.U32(12), r.rounded(16), true)
	},
	gl.OpGlSamplerParameteriv:   func(t *Tracker, _ *context, r *record, _ *Window) { t.sampler(r.U32(8)).set(r.U32(12), 0, false) },
	gl.OpGlSamplerParameterfv:   func(t *Tracker, _ *context, r *record, _ *Window) { t.sampler(r.U32(8)).set(r.U32(12), 0, false) },
	gl.OpGlSamplerParameterIiv:  func(t *Tracker, _ *context, r *record, _ *Window) { t.sampler(r.U32(8)).set(r.U32(12), 0, false) },
	gl.OpGlSamplerParameterIuiv: func(t *Tracker, _ *context, r *record, _ *Window) { t.sampler(r.U32(8)).set(r.U32(12), 0, false) },

	gl.OpGlTexImage2D: func(t *Tracker, c *context, r *record, _ *Window) {
		i := t.boundTo(c, r.U32(8))
		switch {
		case i == nil:
		case r.U32(8) != texture2D:
			t.retire(i, "it has several sides")
		case r.U32(12) == 0:
			t.image(i, r.U32(16), r.U32(36), r.I32(20), r.I32(24), false)
		}
	},
	gl.OpGlTexImage2DMultisample:   multisampled,
	gl.OpGlTexStorage2DMultisample: multisampled,
	gl.OpGlTextureStorage2DMultisample: func(t *Tracker, _ *context, r *record, _ *Window) {
		t.image(t.texture(r.U32(8)), r.U32(16), unsignedByte, r.I32(20), r.I32(24), true)
	},
	gl.OpGlTexStorage2D: func(t *Tracker, c *context, r *record, _ *Window) {
		i := t.boundTo(c, r.U32(8))
		if i != nil && r.U32(8) == texture2D {
			t.image(i, r.U32(16), 0, r.I32(20), r.I32(24), false)
			i.stored = r.I32(12)
		} else {
			t.retire(i, "it has several sides")
		}
	},
	gl.OpGlTextureStorage2D: func(t *Tracker, _ *context, r *record, _ *Window) {
		if i := t.texture(r.U32(8)); i != nil && i.target == texture2D {
			t.image(i, r.U32(16), 0, r.I32(20), r.I32(24), false)
			i.stored = r.I32(12)
		} else {
			t.retire(i, "it has several sides, or that is not known")
		}
	},
	gl.OpGlGenerateMipmap: func(t *Tracker, c *context, r *record, w *Window) { t.mipmaps(c, t.boundTo(c, r.U32(8)), r, w) },
	gl.OpGlGenerateTextureMipmap: func(t *Tracker, c *context, r *record, w *Window) {
		t.mipmaps(c, t.texture(r.U32(8)), r, w)
	},
	gl.OpGlBindRenderbuffer: func(_ *Tracker, c *context, r *record, _ *Window) { c.renderbuffer = r.U32(12) },
	gl.OpGlRenderbufferStorage: func(t *Tracker, c *context, r *record, _ *Window) {
		t.image(t.renderbuffer(c.renderbuffer), r.U32(12), 0, r.I32(16), r.I32(20), false)
	},
	gl.OpGlNamedRenderbufferStorage: func(t *Tracker, _ *context, r *record, _ *Window) {
		t.image(t.renderbuffer(r.U32(8)), r.U32(12), 0, r.I32(16), r.I32(20), false)
	},
	gl.OpGlRenderbufferStorageMultisample: func(t *Tracker, c *context, r *record, _ *Window) {
		t.image(t.renderbuffer(c.renderbuffer), r.U32(16), unsignedByte, r.I32(20), r.I32(24), r.U32(12) != 0)
	},
	gl.OpGlNamedRenderbufferStorageMultisample: func(t *Tracker, _ *context, r *record, _ *Window) {
		t.image(t.renderbuffer(r.U32(8)), r.U32(16), unsignedByte, r.I32(20), r.I32(24), r.U32(12) != 0)
	},
	gl.OpGlDeleteRenderbuffers: func(t *Tracker, _ *context, r *record, _ *Window) {
		list, ok := r.Uints("renderbuffers")
		if !ok {
			t.stop("many renderbuffers deleted at once")
		}
		for _, s := range list {
			if i := t.renderbuffers[s]; i != nil {
				t.retire(i, "it is deleted")
				delete(t.renderbuffers, s)
				t.attached++
			}
		}
	},

	gl.OpGlBindFramebuffer: func(t *Tracker, c *context, r *record, _ *Window) {
		switch r.U32(8) {
		case 0x8CA8: // GL_READ_FRAMEBUFFER
			c.read = r.U32(12)
			return
		case 0x8CA9:
		default:
			c.read = r.U32(12)
		}
		c.draw = r.U32(12)
		c.end()
	},
	gl.OpGlDeleteFramebuffers: func(t *Tracker, _ *context, r *record, _ *Window) {
		list, ok := r.Uints("framebuffers")
		if !ok {
			t.stop("many framebuffer objects deleted at once")
		}
		for _, s := range list {
			if s == 0 {
				continue
			}
			delete(t.framebuffers, s)
			for k := range t.wants {
				if k.framebuffer == s {
					delete(t.wants, k)
				}
			}
			for _, c := range t.contexts {
				if c.draw == s {
					c.draw = 0
					c.end()
				}
				if c.read == s {
					c.read = 0
				}
			}
		}
	},
	gl.OpGlFramebufferTexture2D: func(t *Tracker, c *context, r *record, _ *Window) {
		t.attach(c, c.at(r.U32(8)), r.U32(12), t.texture(r.U32(20)), flat(r.U32(16)) && r.U32(24) == 0)
	},
	gl.OpGlFramebufferTexture: func(t *Tracker, c *context, r *record, _ *Window) {
		t.attach(c, c.at(r.U32(8)), r.U32(12), t.texture(r.U32(16)), r.U32(20) == 0)
	},
	gl.OpGlNamedFramebufferTexture: func(t *Tracker, c *context, r *record, _ *Window) {
		t.attach(c, r.U32(8), r.U32(12), t.texture(r.U32(16)), r.U32(20) == 0)
	},
	gl.OpGlFramebufferRenderbuffer: func(t *Tracker, c *context, r *record, _ *Window) {
		t.attach(c, c.at(r.U32(8)), r.U32(12), t.renderbuffer(r.U32(20)), true)
	},
	gl.OpGlNamedFramebufferRenderbuffer: func(t *Tracker, c *context, r *record, _ *Window) {
		t.attach(c, r.U32(8), r.U32(12), t.renderbuffer(r.U32(20)), true)
	},
	gl.OpGlFramebufferTexture1D: oddAttachment, gl.OpGlFramebufferTexture3D: oddAttachment, gl.OpGlFramebufferTextureLayer: oddAttachment,
	gl.OpGlFramebufferParameteri: func(t *Tracker, c *context, r *record, _ *Window) { t.spoil(c.at(r.U32(8)), "parameters of its own") },
	gl.OpGlNamedFramebufferTextureLayer: func(t *Tracker, _ *context, r *record, _ *Window) {
		t.spoil(r.U32(8), "layers")
	},
	gl.OpGlNamedFramebufferParameteri: func(t *Tracker, _ *context, r *record, _ *Window) { t.spoil(r.U32(8), "parameters of its own") },
	gl.OpGlDrawBuffer: func(t *Tracker, c *context, r *record, _ *Window) {
		if f := t.framebuffer(c.draw); f != nil {
			f.buffers, f.unknown = []uint32{r.U32(8)}, false
		}
	},
	gl.OpGlDrawBuffers: func(t *Tracker, c *context, r *record, _ *Window) { t.drawBuffers(c.draw, r) },
	gl.OpGlNamedFramebufferDrawBuffer: func(t *Tracker, _ *context, r *record, _ *Window) {
		if f := t.framebuffer(r.U32(8)); f != nil {
			f.buffers, f.unknown = []uint32{r.U32(12)}, false
		}
	},
	gl.OpGlNamedFramebufferDrawBuffers: func(t *Tracker, _ *context, r *record, _ *Window) { t.drawBuffers(r.U32(8), r) },
	gl.OpGlNamedFramebufferReadBuffer:  nil, gl.OpGlReadBuffer: nil, gl.OpGlInvalidateFramebuffer: nil, gl.OpGlInvalidateSubFramebuffer: nil,
	gl.OpGlInvalidateNamedFramebufferData: nil, gl.OpGlInvalidateNamedFramebufferSubData: nil,

	gl.OpGlEnable:  func(_ *Tracker, c *context, r *record, _ *Window) { c.caps |= capOf(r.U32(8)) },
	gl.OpGlDisable: func(_ *Tracker, c *context, r *record, _ *Window) { c.caps &^= capOf(r.U32(8)) },
	gl.OpGlEnablei: func(_ *Tracker, c *context, r *record, _ *Window) { c.caps |= capOf(r.U32(8)) },
	// Of one of several buffers or viewports: the others' may still be on.
	gl.OpGlDisablei: nil,
	gl.OpGlColorMask: func(_ *Tracker, c *context, r *record, _ *Window) {
		c.masked = r.U32(8) == 0 || r.U32(12) == 0 || r.U32(16) == 0 || r.U32(20) == 0
	},
	gl.OpGlColorMaski: func(_ *Tracker, c *context, r *record, _ *Window) {
		c.masked = c.masked || r.U32(12) == 0 || r.U32(16) == 0 || r.U32(20) == 0 || r.U32(24) == 0
	},
	gl.OpGlClearDepth:  func(_ *Tracker, c *context, r *record, _ *Window) { c.between = r.F64(8) > 0 && r.F64(8) < 1 },
	gl.OpGlClearDepthf: func(_ *Tracker, c *context, r *record, _ *Window) { c.between = r.F32(8) > 0 && r.F32(8) < 1 },
	gl.OpGlDepthMask:   func(_ *Tracker, c *context, r *record, _ *Window) { c.depthOff = r.U32(8) == 0 },
	gl.OpGlStencilMask: func(_ *Tracker, c *context, r *record, _ *Window) { c.stencilOff = r.U32(8)&0xff != 0xff },
	gl.OpGlStencilMaskSeparate: func(_ *Tracker, c *context, r *record, _ *Window) {
		c.stencilOff = c.stencilOff || r.U32(12)&0xff != 0xff
	},
	gl.OpGlCullFace: func(_ *Tracker, c *context, r *record, _ *Window) {
		switch r.U32(8) {
		case 0x404:
			c.cullFront, c.cullBack = true, false
		case 0x405:
			c.cullFront, c.cullBack = false, true
		case 0x408:
			c.cullFront, c.cullBack = true, true
		}
	},
	gl.OpGlFrontFace: func(_ *Tracker, c *context, r *record, _ *Window) {
		if f := r.U32(8); f == 0x900 || f == 0x901 {
			c.clockwise = f == 0x900
		}
	},
	gl.OpGlBeginQuery:           counts(1),
	gl.OpGlBeginQueryIndexed:    counts(1),
	gl.OpGlEndQuery:             counts(-1),
	gl.OpGlEndQueryIndexed:      counts(-1),
	gl.OpPrismConditional:       func(_ *Tracker, c *context, r *record, _ *Window) { c.conditional = true },
	gl.OpPrismConditionalOf:     func(_ *Tracker, c *context, r *record, _ *Window) { c.conditional = true },
	gl.OpGlEndConditionalRender: func(_ *Tracker, c *context, r *record, _ *Window) { c.conditional = false },
	gl.OpGlPushAttrib:           stops, gl.OpGlPopAttrib: stops, gl.OpGlNewList: stops, gl.OpGlCallList: stops, gl.OpGlCallLists: stops,
	gl.OpGlBlitFramebuffer: blit, gl.OpGlBlitNamedFramebuffer: blitNamed,
	gl.OpGlCopyImageSubData: stops, gl.OpGlCopyTexImage1D: copies, gl.OpGlCopyTexImage2D: copies, gl.OpGlCopyTexSubImage1D: copies,
	gl.OpGlCopyTexSubImage2D: copies, gl.OpGlCopyTexSubImage3D: copies,
}

func stops(t *Tracker, _ *context, r *record, _ *Window) { t.stop(r.Cmd.Name) }

// counts follows queries that count what is drawn.
func counts(by int) handler {
	return func(t *Tracker, c *context, r *record, _ *Window) {
		if target := r.U32(8); target != 0x88BF && target != 0x8E28 { // time
			c.queries = max(0, c.queries+by)
			t.cut(c, region{}) // nodes look whether what they count is cut
		}
	}
}

// flat tells whether textures of a target have one two-dimensional picture a level.
func flat(target uint32) bool { return target == texture2D || target == texture2DMultisample }

// at gives the framebuffer object that is bound to a target.
func (c *context) at(target uint32) uint32 {
	if target == 0x8CA8 {
		return c.read
	}
	return c.draw
}

// bind follows a texture's binding.
func (t *Tracker) bind(c *context, unit int, target, serial uint32) {
	if i := t.texture(serial); i != nil && i.target == 0 {
		i.target = target
	}
	if target == texture2D {
		c.bound(unit, serial)
		return
	}
	if len(c.other) >= maxObjects {
		t.stop("many textures bound")
		return
	}
	c.other[bindKey{unit, target}] = serial
	c.stale = c.stale || target == texture2DMultisample
}

func (c *context) bound(unit int, serial uint32) {
	c.textures[unit] = serial
	c.units = max(c.units, unit+1)
	c.stale = true
}

func (t *Tracker) parameter(c *context, r *record, value uint32, known bool) {
	t.set(t.boundTo(c, r.U32(8)), r.U32(12), value, known)
}

// set follows a parameter of an image.
func (t *Tracker) set(i *Image, name, value uint32, known bool) {
	if i == nil {
		return
	}
	based, most := i.filters.base, i.most
	i.filters.set(name, value, known)
	if name == 0x813D { // GL_TEXTURE_MAX_LEVEL
		i.most = int(int32(value))
		if !known {
			i.most = -1
		}
	}
	if i.smaller > 0 && (i.most != most || i.filters.base != based) { // levels are others from here on
		t.heal(i)
	}
}

func (t *Tracker) sampler(serial uint32) *filters {
	f := t.samplers[serial]
	if f == nil {
		if len(t.samplers) >= maxObjects {
			t.stop("many samplers")
			return nil
		}
		start := initialFilters
		f = &start
		t.samplers[serial] = f
	}
	return f
}

// set follows a parameter. Of one that was set in another way than by an integer it is not known what it is.
func (f *filters) set(name, value uint32, known bool) {
	if f == nil {
		return
	}
	if !known {
		value = 0
	}
	switch name {
	case 0x2801: // GL_TEXTURE_MIN_FILTER
		f.min = value
	case 0x2800:
		f.mag = value
	case 0x2802: // GL_TEXTURE_WRAP_S
		f.wrap[0] = value
	case 0x2803:
		f.wrap[1] = value
	case 0x813C: // GL_TEXTURE_BASE_LEVEL
		f.base = f.base || !known || value != 0
	case 0x84FE: // GL_TEXTURE_MAX_ANISOTROPY
		f.base = true
	}
}

// multisampled gives the texture that is bound new contents.
func multisampled(t *Tracker, c *context, r *record, _ *Window) {
	i := t.boundTo(c, r.U32(8))
	if i == nil || r.U32(8) != texture2DMultisample { // a proxy
		return
	}
	t.image(i, r.U32(16), unsignedByte, r.I32(20), r.I32(24), true)
}

// image gives one new contents, which are the same everywhere.
func (t *Tracker) image(i *Image, format, kind uint32, width, height int, multisampled bool) {
	if i == nil {
		return
	}
	t.anew(i, nil)
	i.stored, i.made, i.begun = 0, 0, false
	t.attached++
	if i.drawn {
		for _, c := range t.contexts {
			c.end()
		}
	}
	var ok bool
	i.Multisampled = multisampled
	if i.Transfer, ok = transferOf(format, kind); multisampled {
		i.Transfer = i.Transfer.sample()
	}
	i.finer = multisampled && (format == 0x81A7 || format == 0x1902) // GL_DEPTH_COMPONENT32, GL_DEPTH_COMPONENT
	if !ok || width < 1 || height < 1 || width > 1<<14 || height > 1<<14 {
		i.usable, i.Width, i.Height = false, 0, 0
		return
	}
	if i.drawn && (i.Width != width || i.Height != height) { // what is needed is to be found out anew
		clear(t.wants)
	}
	i.usable, i.Width, i.Height, i.least, i.before = true, width, height, margin{}, margin{}
}

func oddAttachment(t *Tracker, c *context, r *record, _ *Window) {
	t.spoil(c.at(r.U32(8)), "an attachment that is one of several layers")
}

// spoil has a framebuffer object drawn whole for ever.
func (t *Tracker) spoil(serial uint32, why string) {
	f := t.framebuffer(serial)
	if f == nil {
		return
	}
	if f.odd == "" {
		f.odd = why
	}
	for _, i := range f.at {
		t.retire(i, why)
	}
	t.attached++
}

func (t *Tracker) attach(c *context, serial, at uint32, i *Image, level bool) {
	f := t.framebuffer(serial)
	if f == nil {
		return
	}
	t.attached++
	for _, o := range t.contexts {
		if o.draw == serial {
			o.end()
		}
	}
	points := []uint32{at}
	if at == bothAttachments {
		points = []uint32{depthAttachment, stencilAttachment}
	}
	if i != nil {
		i.drawn, i.group = true, c.group
		if !level || i.Texture != 0 && !flat(i.target) {
			t.retire(i, "an attachment of another kind")
			t.spoil(serial, "an attachment of another kind")
		}
	}
	for _, p := range points {
		if i == nil {
			delete(f.at, p)
		} else {
			f.at[p] = i
		}
	}
}

func (t *Tracker) drawBuffers(serial uint32, r *record) {
	f := t.framebuffer(serial)
	if f == nil {
		return
	}
	f.buffers, f.unknown = nil, true
	if list, ok := r.Uints("bufs"); ok && list != nil && len(list) <= 32 {
		f.buffers, f.unknown = list, false
	}
}
