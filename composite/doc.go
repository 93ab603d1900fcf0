// Package composite puts the pieces that nodes drew together to the frame: by place, where an Assembler copies tiles to where they belong, or as
// the Mean of whole pictures. It has no transport and no clock; who sends pieces and in what order is the caller's
// business.
//
// Pixels are BGRA8: 4 bytes a pixel, rows bottom first, tight:
//
//	byte (y*width + x)*4:   B  G  R  A      y counts from the bottom
//
// An Assembler or a Mean is used by one goroutine at a time; a Pool by any number.
package composite
