package bounds

import (
	"image"
	"math/bits"
	"slices"

	"github.com/prismgl/prism/tilesplit"
)

// MaxNodes that a Mask can name.
const MaxNodes = 256

// Mask is a set of nodes.
type Mask [MaxNodes / 64]uint64

// All is the set of the first n nodes.
func All(n int) (m Mask) {
	for i := range n {
		m.Add(i)
	}
	return m
}

// Add puts a node in.
func (m *Mask) Add(node int) { m[node>>6] |= 1 << (node & 63) }

// Remove a node.
func (m *Mask) Remove(node int) { m[node>>6] &^= 1 << (node & 63) }

// Has tells whether a node is in.
func (m *Mask) Has(node int) bool { return m[node>>6]>>(node&63)&1 != 0 }

// Empty tells whether no node is in.
func (m *Mask) Empty() bool { return m[0]|m[1]|m[2]|m[3] == 0 }

// Count of the nodes that are in.
func (m *Mask) Count() int {
	return bits.OnesCount64(m[0]) + bits.OnesCount64(m[1]) + bits.OnesCount64(m[2]) + bits.OnesCount64(m[3])
}

// Without gives the nodes of m that are not in o.
func (m Mask) Without(o *Mask) Mask {
	return Mask{m[0] &^ o[0], m[1] &^ o[1], m[2] &^ o[2], m[3] &^ o[3]}
}

// And gives the nodes of m that are in o too.
func (m Mask) And(o *Mask) Mask { return Mask{m[0] & o[0], m[1] & o[1], m[2] & o[2], m[3] & o[3]} }

// Or gives the nodes of both.
func (m Mask) Or(o *Mask) Mask { return Mask{m[0] | o[0], m[1] | o[1], m[2] | o[2], m[3] | o[3]} }

// Index finds the nodes that own pixels of a rectangle. Nodes of a plan whose drawing is cut to more than their tiles' box count with
// that box: they show or give away more than their tiles.
type Index struct {
	all   Mask
	whole image.Rectangle
	areas []area
	// For each direction: areas by the edge's place, and after each edge the set of areas that begin before it or end behind it.
	x, y axis
}

type area struct {
	rect image.Rectangle
	node int
}

// axis answers which areas overlap a span: those that begin before its end and end behind its begin.
type axis struct {
	begins, ends []int
	before       []set // before[i]: areas that begin at one of begins[:i]
	behind       []set // behind[i]: areas that end at one of ends[i:]
}

// set is one of areas, in words of 64.
type set []uint64

// NewIndex prepares a plan.
func NewIndex(p *tilesplit.Plan) *Index {
	n := &Index{whole: image.Rect(0, 0, p.Width, p.Height)}
	for i, s := range p.Nodes {
		var box image.Rectangle
		for _, t := range s.Tiles {
			box = box.Union(t)
		}
		if box != s.Scissor {
			n.areas = append(n.areas, area{s.Scissor, i})
			continue
		}
		for _, t := range s.Tiles {
			n.areas = append(n.areas, area{t, i})
		}
	}
	n.areas = slices.DeleteFunc(n.areas, func(a area) bool { return a.rect.Empty() || a.node >= MaxNodes })
	for _, a := range n.areas {
		n.all.Add(a.node)
	}
	n.x.make(n.areas, func(a *area) (int, int) { return a.rect.Min.X, a.rect.Max.X })
	n.y.make(n.areas, func(a *area) (int, int) { return a.rect.Min.Y, a.rect.Max.Y })
	return n
}

func (x *axis) make(areas []area, span func(*area) (int, int)) {
	for i := range areas {
		b, e := span(&areas[i])
		x.begins = append(x.begins, b)
		x.ends = append(x.ends, e)
	}
	slices.Sort(x.begins)
	slices.Sort(x.ends)
	x.begins, x.ends = slices.Compact(x.begins), slices.Compact(x.ends)
	words := (len(areas) + 63) / 64
	x.before = make([]set, len(x.begins)+1)
	for i := range x.before {
		x.before[i] = make(set, words)
		for j := range areas {
			if b, _ := span(&areas[j]); i > 0 && b <= x.begins[i-1] {
				x.before[i][j>>6] |= 1 << (j & 63)
			}
		}
	}
	x.behind = make([]set, len(x.ends)+1)
	for i := range x.behind {
		x.behind[i] = make(set, words)
		for j := range areas {
			if _, e := span(&areas[j]); i < len(x.ends) && e >= x.ends[i] {
				x.behind[i][j>>6] |= 1 << (j & 63)
			}
		}
	}
}

// find gives the sets that [low, high) is the meeting of.
func (x *axis) find(low, high int) (set, set) {
	b := search(x.begins, high) // begins before high
	e := search(x.ends, low+1)  // ends[e:] lie behind low
	return x.before[b], x.behind[e]
}

// search gives the number of values below v.
func search(list []int, v int) int {
	i, j := 0, len(list)
	for i < j {
		h := (i + j) >> 1
		if list[h] < v {
			i = h + 1
		} else {
			j = h
		}
	}
	return i
}

// All is the set of nodes that own anything.
func (n *Index) All() Mask { return n.all }

// Nodes gives the nodes that own a pixel of r.
func (n *Index) Nodes(r image.Rectangle) (m Mask) {
	r = r.Intersect(n.whole)
	if r.Empty() {
		return m
	}
	if r == n.whole {
		return n.all
	}
	a, b := n.x.find(r.Min.X, r.Max.X)
	c, d := n.y.find(r.Min.Y, r.Max.Y)
	for i := range a {
		for w := a[i] & b[i] & c[i] & d[i]; w != 0; w &= w - 1 {
			m.Add(n.areas[i<<6+bits.TrailingZeros64(w)].node)
		}
	}
	return m
}
