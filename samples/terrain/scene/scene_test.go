package scene

import (
	"bytes"
	"encoding/binary"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
)

var land = New(1, DefaultLevels)

type vertex struct{ pos, normal mgl32.Vec3 }

// decoded gives a chunk's vertices.
func decoded(l *Land, chunk int) []vertex {
	b := l.Vertices(nil, chunk)
	out := make([]vertex, len(b)/VertexBytes)
	for i := range out {
		at := b[VertexBytes*i:]
		for k := range 3 {
			out[i].pos[k] = math.Float32frombits(binary.LittleEndian.Uint32(at[4*k:]))
			out[i].normal[k] = float32(int8(at[12+k])) / 127
		}
	}
	return out
}

func TestSameSeedSameLand(t *testing.T) {
	a, b, c := New(5, 3), New(5, 3), New(6, 3)
	if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a.heights, c.heights) {
		t.Fatal("want one land a seed")
	}
	for i := range a.Chunks {
		if v := a.Vertices(nil, i); !bytes.Equal(v, b.Vertices(nil, i)) || bytes.Equal(v, c.Vertices(nil, i)) {
			t.Fatalf("chunk %d: want one a seed", i)
		}
	}
}

// A frame does not depend on which frames were drawn before it.
func TestFrameFollowsFromItsNumber(t *testing.T) {
	var used View
	for _, f := range []int{7, 3000, 0} {
		used.Pick(land, f, 640, 480)
	}
	for _, f := range []int{0, 1, 1800, 7207} {
		used.Pick(land, f, 640, 480)
		var fresh View
		fresh.Pick(land, f, 640, 480)
		if used.Camera != fresh.Camera || !slices.Equal(used.Chunks, fresh.Chunks) {
			t.Errorf("frame %d depends on what was drawn before", f)
		}
	}
	if land.At(0, 64, 48) == land.At(30, 64, 48) {
		t.Error("the camera stands still")
	}
	if land.At(5, 64, 48) != land.At(5+FramesPerLap, 64, 48) {
		t.Error("the lap does not close")
	}
}

func TestLevels(t *testing.T) {
	for levels := 1; levels <= 4; levels++ {
		l := New(2, levels)
		if want := (1<<(2*levels) - 1) / 3; len(l.Chunks) != want {
			t.Errorf("%d levels: %d chunks, want %d", levels, len(l.Chunks), want)
		}
		var v View
		v.Pick(l, 100, 64, 48)
		if len(v.Chunks) == 0 {
			t.Errorf("%d levels: nothing is seen", levels)
		}
	}
	if n := len(land.Chunks) * len(Indices()) / 3; n < 2_000_000 {
		t.Errorf("%d triangles, want millions", n)
	}
}

// Each chunk's box holds its vertices, and children lie in their parent's square.
func TestBoxes(t *testing.T) {
	for i := range land.Chunks {
		c := &land.Chunks[i]
		if i%7 == 0 {
			for _, v := range decoded(land, i) {
				for k := range 3 {
					if v.pos[k] < c.Lo[k] || v.pos[k] > c.Hi[k] {
						t.Fatalf("chunk %d: %v is outside of %v to %v", i, v.pos, c.Lo, c.Hi)
					}
				}
				if n := v.normal.Len(); n < 0.97 || n > 1.03 || v.normal[1] <= 0 {
					t.Fatalf("chunk %d: normal %v", i, v.normal)
				}
			}
		}
		if c.Children[0] == 0 {
			if c.Level != DefaultLevels-1 {
				t.Errorf("chunk %d of level %d has no children", i, c.Level)
			}
			continue
		}
		area := float32(0)
		for _, k := range c.Children {
			d := &land.Chunks[k]
			area += (d.Hi[0] - d.Lo[0]) * (d.Hi[2] - d.Lo[2])
			if d.Level != c.Level+1 || d.Lo[0] < c.Lo[0] || d.Lo[2] < c.Lo[2] || d.Hi[0] > c.Hi[0] || d.Hi[2] > c.Hi[2] {
				t.Errorf("chunk %d is no part of its parent %d", k, i)
			}
		}
		if own := (c.Hi[0] - c.Lo[0]) * (c.Hi[2] - c.Lo[2]); math.Abs(float64(area/own-1)) > 1e-4 {
			t.Errorf("chunk %d: its quarters have %g of its area", i, area/own)
		}
	}
}

// The land's triangles look up, the skirt's outwards and hang straight down.
func TestIndices(t *testing.T) {
	indices := Indices()
	if len(indices) != 6*Quads*(Quads+4) {
		t.Fatalf("%d indices", len(indices))
	}
	v := decoded(land, len(land.Chunks)-1)
	if len(v) != ChunkVertices {
		t.Fatalf("%d vertices, want %d", len(v), ChunkVertices)
	}
	c := &land.Chunks[len(land.Chunks)-1]
	middle := c.Lo.Add(c.Hi).Mul(0.5)
	for i := 0; i < len(indices); i += 3 {
		p := [3]mgl32.Vec3{}
		for k := range p {
			p[k] = v[indices[i+k]].pos
		}
		face := p[1].Sub(p[0]).Cross(p[2].Sub(p[0]))
		if i < 6*Quads*Quads {
			if face[1] <= 0 {
				t.Fatalf("triangle %d looks down", i/3)
			}
		} else if out := p[0].Sub(middle); face[0]*out[0]+face[2]*out[2] <= 0 || face[1] != 0 {
			t.Fatalf("triangle %d of the skirt looks along %v at %v of the middle", i/3, face, out)
		}
	}
}

// Where a chunk meets one that is half as fine, the skirt is longer than the crack is wide.
func TestSkirtsHideCracks(t *testing.T) {
	cracks, points := 0, 0
	for i := range land.Chunks {
		c := &land.Chunks[i]
		step, x0, z0 := land.grid(c)
		if c.Level == 0 {
			continue
		}
		for k := range rimVertices {
			a, b := rim(k)
			if a%2 == 0 && b%2 == 0 {
				continue // on the parent's grid, too
			}
			x, z := x0+a*step, z0+b*step
			dx, dz := a%2*step, b%2*step
			parent := (land.at(x-dx, z-dz) + land.at(x+dx, z+dz)) / 2
			points++
			if d := land.at(x, z) - parent; d > land.skirt(c) || -d > land.skirt(c) {
				cracks++
			}
		}
	}
	if points == 0 || cracks*2000 > points {
		t.Errorf("%d cracks at %d points", cracks, points)
	}
}

// What a frame draws covers each visible part of the land once.
func TestPickCoversTheView(t *testing.T) {
	parent := make([]int, len(land.Chunks))
	for i := range land.Chunks {
		if c := land.Chunks[i].Children; c[0] != 0 {
			for _, k := range c {
				parent[k] = i
			}
		}
	}
	for f := 0; f < FramesPerLap; f += 300 {
		var v View
		v.Pick(land, f, 1920, 1080)
		for i := range land.Chunks {
			c := &land.Chunks[i]
			if c.Children[0] != 0 {
				continue
			}
			times := 0
			for k := i; ; k = parent[k] {
				if slices.Contains(v.Chunks, k) {
					times++
				}
				if k == 0 {
					break
				}
			}
			if seen := v.Camera.SeesBox(c.Lo, c.Hi); times > 1 || seen && times == 0 {
				t.Fatalf("frame %d: leaf %d is drawn %d times, seen %v", f, i, times, seen)
			}
		}
		for i := 1; i < len(v.Chunks); i++ {
			if v.dist2[v.Chunks[i-1]] > v.dist2[v.Chunks[i]] {
				t.Fatalf("frame %d: chunk %d is not sorted from near to far", f, i)
			}
		}
	}
}

// tilesOf tells how many tiles of n × n a chunk's box may touch, by its corners alone.
func tilesOf(c *Chunk, m mgl32.Mat4, n int) int {
	lo, hi := [2]float32{1, 1}, [2]float32{-1, -1}
	for i := range 8 {
		p := mgl32.Vec4{c.Lo[0], c.Lo[1], c.Lo[2], 1}
		for k := range 3 {
			if i>>k&1 != 0 {
				p[k] = c.Hi[k]
			}
		}
		q := m.Mul4x1(p)
		if q[3] <= lens.Near {
			return n * n // it reaches behind the eye
		}
		for k := range 2 {
			lo[k], hi[k] = min(lo[k], q[k]/q[3]), max(hi[k], q[k]/q[3])
		}
	}
	count := 1
	for k := range 2 {
		first := max(0, int(math.Floor(float64(lo[k]+1)/2*float64(n))))
		last := min(n-1, int(math.Floor(float64(hi[k]+1)/2*float64(n))))
		count *= max(0, last-first+1)
	}
	return count
}

// Chunks are small on the screen: of 4×4 tiles each needs but a part of the triangles, all frames taken together.
func TestTilesNeedAPart(t *testing.T) {
	need, all := 0, 0
	for f := 0; f < FramesPerLap; f += 60 {
		var v View
		v.Pick(land, f, 1920, 1080)
		if n := len(v.Chunks); n < 60 || n > 220 {
			t.Errorf("frame %d: %d chunks", f, n)
		}
		for _, k := range v.Chunks {
			need += tilesOf(&land.Chunks[k], v.Camera.ViewProj, 4)
			all += 16
		}
	}
	share := float64(need) / float64(all)
	t.Logf("a tile of 4×4 needs %.1f %% of the triangles", 100*share)
	if share > 0.19 {
		t.Errorf("a tile needs %.1f %%", 100*share)
	}
}

// The flight keeps its distance from the land.
func TestWayIsFree(t *testing.T) {
	for seed := range uint64(4) {
		l := New(seed, 1)
		for f := range FramesPerLap {
			eye := l.At(f, 16, 9).Eye
			if over := eye[1] - max(Lake, height(seed, eye[0], eye[2])); over < clearance/2 {
				t.Fatalf("seed %d frame %d: the eye is %g m over the ground", seed, f, over)
			}
		}
	}
}

func BenchmarkPick(b *testing.B) {
	b.ReportAllocs()
	var v View
	f := 0
	for b.Loop() {
		v.Pick(land, f, 1920, 1080)
		f++
	}
}
