package track

// reflection is what prism_reflect says (stream/driver/include/prism_reflect.h), as far as positions depend on it.
type reflection struct {
	linked, effects bool
	attribs         map[string]int
	uniforms        []reflectedUniform
	blocks          []reflectedBlock
}

type reflectedBlock struct {
	name    string
	binding uint32
}

type reflectedUniform struct {
	name      string
	kind      uint32
	locations []int32
	// Of a member of a uniform block.
	offset, matrixStride int
	rowMajor             bool
}

const (
	reflectMagic   = 0x46525250
	reflectHead    = 64
	reflectUniform = 44
	reflectAttrib  = 16
	reflectBlock   = 44
)

// parseReflection reads the block; every index is checked.
func parseReflection(b []byte) (*reflection, bool) {
	if len(b) < reflectHead || le.Uint32(b) != reflectMagic || int(le.Uint32(b[4:])) > len(b) {
		return nil, false
	}
	word := func(at int) int { return int(le.Uint32(b[at:])) }
	out := &reflection{linked: word(8) != 0, effects: word(36) != 0, attribs: map[string]int{}}
	uniforms, attribs, blocks, varyings, ints := word(40), word(44), word(48), word(52), word(56)
	for _, n := range []int{uniforms, attribs, blocks, varyings, ints} {
		if n > len(b) {
			return nil, false
		}
	}
	atAttribs := reflectHead + uniforms*reflectUniform
	atInts := atAttribs + attribs*reflectAttrib + blocks*reflectBlock + varyings*reflectAttrib
	atText := atInts + 4*ints
	if atText > len(b) {
		return nil, false
	}
	text := b[atText:]
	name := func(at int) (string, bool) {
		if at < 0 || at >= len(text) {
			return "", false
		}
		for i, c := range text[at:] {
			if c == 0 {
				return string(text[at : at+i]), true
			}
		}
		return "", false
	}
	for i := range uniforms {
		at := reflectHead + i*reflectUniform
		n, ok := name(word(at))
		if !ok {
			return nil, false
		}
		u := reflectedUniform{name: n, kind: uint32(word(at + 4)), offset: int(int32(word(at + 20))), matrixStride: int(int32(word(at + 28))), rowMajor: word(at+32) != 0}
		size, first := word(at+8), word(at+40)
		if int32(word(at+12)) >= 0 {
			if size > ints || first > ints-size {
				return nil, false
			}
			for k := range size {
				u.locations = append(u.locations, int32(word(atInts+4*(first+k))))
			}
		}
		out.uniforms = append(out.uniforms, u)
	}
	for i := range attribs {
		at := atAttribs + i*reflectAttrib
		n, ok := name(word(at))
		if !ok {
			return nil, false
		}
		out.attribs[n] = int(int32(word(at + 12)))
	}
	for i := range blocks {
		at := atAttribs + attribs*reflectAttrib + i*reflectBlock
		n, ok := name(word(at))
		if !ok {
			return nil, false
		}
		out.blocks = append(out.blocks, reflectedBlock{n, uint32(word(at + 4))})
	}
	return out, true
}
