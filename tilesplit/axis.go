package tilesplit

import "image"

// Axis is the direction in which tiles follow each other.
type Axis uint8

// AlongX: tiles side by side, borders stand upright. AlongY: tiles one above the other, borders lie flat.
const (
	AlongX Axis = iota
	AlongY
)

func (a Axis) String() string {
	if a == AlongY {
		return "y"
	}
	return "x"
}

// Range is where r begins and ends on the axis.
func (a Axis) Range(r image.Rectangle) (lo, hi int) {
	if a == AlongY {
		return r.Min.Y, r.Max.Y
	}
	return r.Min.X, r.Max.X
}

// Cut divides r at a place on the axis.
func (a Axis) Cut(r image.Rectangle, at int) (low, high image.Rectangle) {
	low, high = r, r
	if a == AlongY {
		low.Max.Y, high.Min.Y = at, at
	} else {
		low.Max.X, high.Min.X = at, at
	}
	return low, high
}
