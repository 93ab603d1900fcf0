package kd

import (
	"fmt"
	"image"

	"github.com/prismgl/prism/tilesplit"
)

// Axes says along which axis a part of the picture is cut.
type Axes uint8

// Longest cuts each part across its longer edge. Alternating cuts along x first, then along y, then along x.
const (
	Longest Axes = iota
	Alternating
)

// KD is a policy. Its zero value cuts equal parts across their longer edges.
type KD struct {
	Axes    Axes
	Weights tilesplit.Weights
	Borders tilesplit.Borders
}

var _ tilesplit.Policy = KD{}

// Tree is a part of the picture: a tile of a node, or cut in two.
type Tree struct {
	Node      int // of a tile
	Low, High *Tree
	Axis      tilesplit.Axis // of a cut
	Weight    float64        // of the nodes below
	Cuts      int            // below and here
	// size is the least extent along x and along y that has room for all tiles below.
	size [2]int
}

// Plan implements tilesplit.Policy. Nodes for which there is no room stay idle, those of the least weight first.
func (k KD) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	t, err := k.Tree(width, height, nodes)
	if err != nil {
		return tilesplit.Plan{}, err
	}
	return tilesplit.Make(width, height, nodes, k.Tiles(t, image.Rect(0, 0, width, height), Even))
}

// Tree says how a picture is cut for so many nodes.
func (k KD) Tree(width, height, nodes int) (*Tree, error) {
	if err := tilesplit.Check(width, height, nodes); err != nil {
		return nil, err
	}
	if err := k.Weights.Check(nodes); err != nil {
		return nil, err
	}
	if err := k.Borders.Check(); err != nil {
		return nil, err
	}
	if k.Axes > Alternating {
		return nil, fmt.Errorf("%w: kd: axes %d are not known", tilesplit.ErrPlan, k.Axes)
	}
	room := [2]int{k.Borders.Room(width), k.Borders.Room(height)}
	// Guarded against overflow: more room than nodes is as good as enough.
	cells := min(room[0], nodes) * min(room[1], nodes)
	if room[0] >= nodes || room[1] >= nodes {
		cells = nodes
	}
	busy := k.Weights.Busy(nodes, cells)
	return k.build(busy, [2]float64{float64(width), float64(height)}, room, tilesplit.AlongX), nil
}

// build makes the tree over busy nodes for a part of about this extent, which has room for so many tiles along each axis. next is the
// axis whose turn it is.
func (k KD) build(busy []int, extent [2]float64, room [2]int, next tilesplit.Axis) *Tree {
	if len(busy) == 1 {
		least := k.Borders.Least()
		return &Tree{Node: busy[0], Weight: k.Weights.Of(busy[0]), size: [2]int{least, least}}
	}
	axis := next
	if k.Axes == Longest {
		axis = tilesplit.AlongX
		if extent[tilesplit.AlongY] > extent[tilesplit.AlongX] {
			axis = tilesplit.AlongY
		}
	}
	if room[axis] < 2 {
		axis = 1 - axis
	}
	n, across := len(busy), room[1-axis]
	// The number nearest to a half whose tiles and the others' fit into whole columns of the room; a multiple of across always does.
	low := n / 2
	columns := func(n int) int { return (n + across - 1) / across }
	fits := func(low int) bool { return low > 0 && low < n && columns(low)+columns(n-low) <= room[axis] }
	for d := 0; !fits(low); d++ {
		switch half := n / 2; {
		case fits(half + d):
			low = half + d
		case fits(half - d):
			low = half - d
		}
	}
	weight := func(busy []int) (sum float64) {
		for _, n := range busy {
			sum += k.Weights.Of(n)
		}
		return sum
	}
	wl, wh := weight(busy[:low]), weight(busy[low:])
	part := wl / (wl + wh)
	// The room goes to both sides by weight, as far as each has what it needs.
	rl := min(max(int(float64(room[axis])*part+0.5), columns(low)), room[axis]-columns(n-low))
	le, he, lr, hr := extent, extent, room, room
	le[axis], he[axis] = extent[axis]*part, extent[axis]*(1-part)
	lr[axis], hr[axis] = rl, room[axis]-rl
	t := &Tree{Axis: axis, Weight: wl + wh}
	t.Low = k.build(busy[:low], le, lr, 1-axis)
	t.High = k.build(busy[low:], he, hr, 1-axis)
	t.Cuts = t.Low.Cuts + t.High.Cuts + 1
	t.size[axis] = t.Low.size[axis] + t.High.size[axis]
	t.size[1-axis] = max(t.Low.size[1-axis], t.High.size[1-axis])
	return t
}

// Even is the cut that divides r by the nodes' weights.
func Even(t *Tree, r image.Rectangle, _ int) float64 {
	lo, hi := t.Axis.Range(r)
	return float64(lo) + float64(hi-lo)*(t.Low.Weight/t.Weight)
}

// Tiles cuts the picture. ideal says where each part r should be cut; the cut is at the allowed place next to it. Cuts are numbered:
// the first is 0, those below its low part follow, then those below its high part.
func (k KD) Tiles(t *Tree, r image.Rectangle, ideal func(t *Tree, r image.Rectangle, cut int) float64) []tilesplit.Tile {
	return k.tiles(make([]tilesplit.Tile, 0, t.Cuts+1), t, r, 0, ideal)
}

func (k KD) tiles(out []tilesplit.Tile, t *Tree, r image.Rectangle, cut int, ideal func(*Tree, image.Rectangle, int) float64) []tilesplit.Tile {
	if t.Low == nil {
		return append(out, tilesplit.Tile{Rect: r, Node: t.Node})
	}
	lo, hi := t.Allowed(r, k.Borders)
	low, high := t.Axis.Cut(r, k.Borders.Clamp(ideal(t, r, cut), lo, hi))
	out = k.tiles(out, t.Low, low, cut+1, ideal)
	return k.tiles(out, t.High, high, cut+1+t.Low.Cuts, ideal)
}

// Allowed are the least and the greatest place where r can be cut so that all tiles below have their least size.
func (t *Tree) Allowed(r image.Rectangle, b tilesplit.Borders) (lo, hi int) {
	lo, hi = t.Axis.Range(r)
	return lo + t.Low.size[t.Axis], hi - hi%b.Step() - t.High.size[t.Axis]
}
