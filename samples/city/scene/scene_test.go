package scene

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
)

var town = New(Options{Seed: 1})

// print is a number that changes when any visible thing of a city does.
func print(c *City) uint64 {
	h := fnv.New64a()
	h.Write(c.Geometry.Vertices)
	for _, i := range c.Geometry.Indices {
		_ = binary.Write(h, binary.LittleEndian, i)
	}
	fmt.Fprint(h, c.Meshes, c.Buildings, c.Trees, c.Slabs, c.cars)
	return h.Sum64()
}

func TestSameSeedSameTown(t *testing.T) {
	if a, b := print(town), print(New(Options{Seed: 1})); a != b {
		t.Errorf("seed 1 twice: %#x and %#x", a, b)
	}
	if a, b := print(town), print(New(Options{Seed: 2})); a == b {
		t.Errorf("seeds 1 and 2 give the same town, %#x", a)
	}
}

// A frame does not depend on which frames were drawn before it.
func TestFrameFollowsFromItsNumber(t *testing.T) {
	var used View
	for _, f := range []int{7, 3000, 0} {
		used.Pick(town, f, 640, 480)
	}
	for _, f := range []int{0, 1, 1800, 7207} {
		used.Pick(town, f, 640, 480)
		var fresh View
		fresh.Pick(New(Options{Seed: 1}), f, 640, 480)
		if used.Camera != fresh.Camera {
			t.Errorf("frame %d: another camera", f)
		}
		if len(used.Draws) != len(fresh.Draws) || len(used.Slabs) != len(fresh.Slabs) {
			t.Fatalf("frame %d: %d and %d draws", f, len(used.Draws), len(fresh.Draws))
		}
		for i := range used.Draws {
			if *used.Draws[i].Object != *fresh.Draws[i].Object || used.Draws[i].Level != fresh.Draws[i].Level {
				t.Fatalf("frame %d: draw %d differs", f, i)
			}
		}
	}
	var a, b View
	a.Pick(town, 0, 640, 480)
	b.Pick(town, 30, 640, 480)
	if a.Camera == b.Camera {
		t.Error("the camera stands still")
	}
	a.Pick(town, FramesPerLap, 640, 480)
	b.Pick(town, 0, 640, 480)
	if d := a.Camera.Eye.Sub(b.Camera.Eye).Len(); d > 0.01 {
		t.Errorf("the lap does not close: %g m", d)
	}
}

func TestCounts(t *testing.T) {
	if n := len(town.Buildings); n < 3000 {
		t.Errorf("%d buildings, want thousands", n)
	}
	used := map[int]bool{}
	facades := map[int]bool{}
	for _, b := range town.Buildings {
		used[b.Mesh], facades[b.Texture] = true, true
	}
	if len(used) < len(kinds)*heightSteps/2 || len(facades) < 8 {
		t.Errorf("%d kinds of houses with %d facades are used", len(used), len(facades))
	}
	for f := 0; f < FramesPerLap; f += 150 {
		var v View
		v.Pick(town, f, 1920, 1080)
		triangles := 0
		for _, d := range v.Draws {
			triangles += town.Meshes[d.Object.Mesh].Levels[d.Level].Count / 3
		}
		if n := len(v.Draws); n < 500 || n > 3500 || triangles < 10_000 || triangles > 150_000 {
			t.Errorf("frame %d: %d draws, %d triangles", f, n, triangles)
		}
		if !slices.IsSortedFunc(v.Draws, func(a, b Draw) int { return int(math.Copysign(1, float64(a.dist2-b.dist2))) }) {
			t.Errorf("frame %d: not sorted from near to far", f)
		}
	}
}

type vertex struct{ pos, normal mgl32.Vec3 }

func vertexAt(g *Geometry, i uint32) vertex {
	b := g.Vertices[VertexBytes*int(i):]
	var v vertex
	for k := range 3 {
		v.pos[k] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*k:]))
		v.normal[k] = float32(int8(b[12+k])) / 127
	}
	return v
}

func TestMeshes(t *testing.T) {
	g := &town.Geometry
	for m, mesh := range town.Meshes {
		last := math.MaxInt
		for level, r := range mesh.Levels {
			if r.Count == 0 || r.Count%3 != 0 || r.First+r.Count > len(g.Indices) {
				t.Fatalf("mesh %d level %d: range %+v of %d indices", m, level, r, len(g.Indices))
			}
			if r.Count > last {
				t.Errorf("mesh %d level %d: %d indices, more than the level before", m, level, r.Count)
			}
			last = r.Count
			for i := r.First; i < r.First+r.Count; i += 3 {
				var v [3]vertex
				for k := range 3 {
					if int(g.Indices[i+k]) >= g.VertexCount() {
						t.Fatalf("mesh %d: index %d of %d vertices", m, g.Indices[i+k], g.VertexCount())
					}
					v[k] = vertexAt(g, g.Indices[i+k])
					if d := v[k].pos.Sub(mesh.Centre).Len(); d > mesh.Radius*1.0001 {
						t.Fatalf("mesh %d: a vertex %g m from the middle, radius %g", m, d, mesh.Radius)
					}
					if n := v[k].normal.Len(); n < 0.97 || n > 1.03 {
						t.Fatalf("mesh %d: a normal of length %g", m, n)
					}
				}
				// The winding agrees with the normal, else culling removes the outside.
				face := v[1].pos.Sub(v[0].pos).Cross(v[2].pos.Sub(v[0].pos))
				if face.Len() < 1e-6 || face.Dot(v[0].normal) <= 0 {
					t.Fatalf("mesh %d level %d: triangle %d is turned inside out or has no area", m, level, (i-r.First)/3)
				}
			}
		}
	}
}

// Facades consist of whole windows: a wall's corners lie on whole cells of its texture.
func TestWholeWindows(t *testing.T) {
	for _, k := range kinds {
		for _, n := range k.cells {
			if n < 1 {
				t.Errorf("%s: %v cells", k.name, k.cells)
			}
		}
		if k.floors[0] < 1 || k.floors[1] < k.floors[0] {
			t.Errorf("%s: floors %v", k.name, k.floors)
		}
		if float32(k.cells[0]*CellWidth) > blockSide/2 {
			t.Errorf("%s is wider than a lot", k.name)
		}
	}
}

// The flight never goes through a house.
func TestWayIsFree(t *testing.T) {
	for f := 0; f < FramesPerLap; f += 5 {
		eye := At(f, 16, 9).Eye
		for i := range town.Buildings {
			b := &town.Buildings[i]
			m := &town.Meshes[b.Mesh]
			dx, dz := float64(eye[0]-b.Pos[0]), float64(eye[2]-b.Pos[2])
			if math.Hypot(dx, dz) < 25 && eye[1] < b.Pos[1]+m.Height+lens.Near {
				t.Fatalf("frame %d: the eye at %v is in a house of %g m at %v", f, eye, m.Height, b.Pos)
			}
		}
	}
}

// What has its middle in the picture is seen, whatever its radius.
func TestSees(t *testing.T) {
	for _, size := range [][2]int{{1920, 1080}, {333, 777}, {1, 1}} {
		for f := 0; f < FramesPerLap; f += 400 {
			c := At(f, size[0], size[1])
			inside := 0
			for i := range town.Buildings {
				p := town.Buildings[i].Centre
				q := c.ViewProj.Mul4x1(p.Vec4(1))
				in := q[3] > lens.Near && max(math.Abs(float64(q[0])), math.Abs(float64(q[1]))) < float64(q[3])*0.999 && q[2] < q[3]*0.999
				if in {
					inside++
					if !c.Sees(p, 0.01) {
						t.Fatalf("frame %d: %v is in the picture but not seen", f, p)
					}
				}
			}
			behind := c.Eye.Sub(c.Ray.Add(c.RayRight.Mul(0.5)).Add(c.RayUp.Mul(0.5)).Mul(100))
			if c.Sees(behind, 1) {
				t.Errorf("frame %d: sees what is behind it", f)
			}
			if inside == 0 {
				t.Errorf("frame %d at %v: nothing in the picture", f, size)
			}
		}
	}
}

func TestTextures(t *testing.T) {
	for texture := range Textures {
		a, b := NewImage(texture, 128, 1), NewImage(texture, 128, 1)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("texture %d differs from itself", texture)
		}
		if len(a.Pix) != 128*128*4 {
			t.Fatalf("texture %d: %d bytes", texture, len(a.Pix))
		}
		lo, hi, glass := byte(255), byte(0), 0
		for i := 0; i < len(a.Pix); i += 4 {
			lo, hi = min(lo, a.Pix[i]), max(hi, a.Pix[i])
			if a.Pix[i+3] > 200 {
				glass++
			}
		}
		if texture != Paint && hi-lo < 20 {
			t.Errorf("texture %d is flat: %d to %d", texture, lo, hi)
		}
		isFacade := texture <= Panel
		if share := float64(glass) / (128 * 128); texture != Noise && isFacade != (share > 0.05) {
			t.Errorf("texture %d: %.0f %% glass", texture, 100*share)
		}
	}
}

// Traffic keeps to its streets and goes on.
func TestCars(t *testing.T) {
	far := float32(math.Inf(1))
	a := town.Cars(nil, 100, mgl32.Vec3{}, far)
	b := town.Cars(nil, 130, mgl32.Vec3{}, far)
	if len(a) != len(b) || len(a) < 100 {
		t.Fatalf("%d and %d cars", len(a), len(b))
	}
	moved := 0
	for i := range a {
		if d := b[i].Pos.Sub(a[i].Pos).Len(); d > 5 && d < 15 {
			moved++
		}
		onStreet := false
		for _, k := range []int{0, 2} {
			line := math.Abs(math.Remainder(float64(a[i].Pos[k]+town.half), Pitch))
			onStreet = onStreet || line < 4
		}
		if !onStreet {
			t.Fatalf("a car at %v is on no street", a[i].Pos)
		}
	}
	if moved < len(a)*9/10 {
		t.Errorf("%d of %d cars moved", moved, len(a))
	}
}

func BenchmarkPick(b *testing.B) {
	b.ReportAllocs()
	var v View
	f := 0
	for b.Loop() {
		v.Pick(town, f, 1920, 1080)
		f++
	}
}
