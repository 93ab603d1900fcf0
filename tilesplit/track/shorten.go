package track

import (
	"github.com/prismgl/prism/stream/gl"
)

// unplaced are slots of state that does not depend on a matrix when it is set.
var unplaced = map[string]bool{"current_color": true, "current_normal": true, "current_texcoord": true, "current_secondary_color": true, "current_fog_coord": true,
	"current_edge_flag": true, "material": true, "texture_binding": true, "texture_parameter": true, "enable": true, "shade_model": true, "front_face": true,
	"cull_face": true, "depth_func": true, "depth_mask": true, "blend_func": true, "line_width": true, "polygon_mode": true, "fog": true}

// inMatrices says what a record is for shorten.
type inMatrices uint8

const (
	placed      inMatrices = iota // it may depend on the matrix
	independent                   // it does not
	multiplies                    // it changes the matrix, or replaces it
	pushes
	pops
	selects // which stack is meant
)

var ofMatrices = func() [gl.Ops]inMatrices {
	var table [gl.Ops]inMatrices
	for op := range gl.Ops {
		info := gl.At(uint16(op))
		switch {
		case info == nil:
		case gl.Op(op) == gl.OpGlPushMatrix:
			table[op] = pushes
		case gl.Op(op) == gl.OpGlPopMatrix:
			table[op] = pops
		case gl.Op(op) == gl.OpGlMatrixMode:
			table[op] = selects
		case info.Slot() == "matrix" && info.Class == gl.ClassState:
			table[op] = multiplies
		case unplaced[info.Slot()], gl.Op(op) == gl.OpGlBegin, gl.Op(op) == gl.OpGlEnd: // to draw is not to set
			table[op] = independent
		}
	}
	return table
}()

// shorten leaves out of a list what comes to nothing: between a glPushMatrix and its glPopMatrix all that changes the matrix, where nothing else depends on it. That
// is so where deep more matrices can be pushed.
func shorten(list []State) (short []State, deep int) {
	var open []int // places of glPushMatrix in short; -1: it stays
	for i := range list {
		s := list[i]
		switch ofMatrices[s.Op] {
		case selects:
			return list, 0
		case pushes:
			open = append(open, len(short))
			deep = max(deep, len(open))
		case pops:
			if len(open) == 0 {
				break
			}
			at := open[len(open)-1]
			if open = open[:len(open)-1]; at < 0 {
				break
			}
			rest := short[at+1:]
			short = short[:at]
			for k := range rest {
				if ofMatrices[rest[k].Op] != multiplies {
					short = append(short, rest[k])
				}
			}
			continue
		case placed:
			for k := range open {
				open[k] = -1
			}
		}
		short = append(short, s)
	}
	return short, deep
}
