package scene

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
)

var court = New(1, DefaultLamps)

func picked(c *Court, frame int) *View {
	var v View
	v.Pick(c, frame, 640, 480)
	return &v
}

func same(a, b *View) bool {
	return a.Camera == b.Camera && a.Turn == b.Turn && a.Shadow == b.Shadow && slices.Equal(a.Parts, b.Parts) && slices.Equal(a.Lamps, b.Lamps)
}

func TestFrameFollowsFromItsNumber(t *testing.T) {
	var used View
	for _, f := range []int{7, 3000, 0} {
		used.Pick(court, f, 640, 480)
	}
	for _, f := range []int{0, 1, 1800, 7207} {
		used.Pick(court, f, 640, 480)
		if !same(&used, picked(New(1, DefaultLamps), f)) {
			t.Errorf("frame %d differs with what was drawn before", f)
		}
	}
	a, b := picked(court, 0), picked(court, 30)
	if a.Camera == b.Camera || a.Turn == b.Turn || slices.Equal(a.Lamps, b.Lamps) {
		t.Error("something stands still")
	}
	if !same(picked(court, 5), picked(court, 5+FramesPerLap)) {
		t.Error("the lap does not close")
	}
	c := New(2, DefaultLamps)
	if slices.Equal(c.flights, court.flights) || !bytes.Equal(c.Geometry.Vertices, court.Geometry.Vertices) {
		t.Error("another seed: want other lamps in the same court")
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

// Triangles look to where their normals point, and lie in their part's sphere.
func TestMeshes(t *testing.T) {
	g := &court.Geometry
	for n, r := range append([]Range{court.Knot, court.Ball}, court.Parts...) {
		if r.Count == 0 || r.Count%3 != 0 || r.First+r.Count > len(g.Indices) {
			t.Fatalf("part %d: %+v of %d indices", n, r, len(g.Indices))
		}
		for i := r.First; i < r.First+r.Count; i += 3 {
			var v [3]vertex
			for k := range v {
				v[k] = vertexAt(g, g.Indices[i+k])
				if d := v[k].pos.Sub(r.Centre).Len(); d > r.Radius*1.0001 {
					t.Fatalf("part %d: a vertex %g from the middle, radius %g", n, d, r.Radius)
				}
				if l := v[k].normal.Len(); l < 0.97 || l > 1.03 {
					t.Fatalf("part %d: a normal of length %g", n, l)
				}
			}
			face := v[1].pos.Sub(v[0].pos).Cross(v[2].pos.Sub(v[0].pos))
			if mean := v[0].normal.Add(v[1].normal).Add(v[2].normal); face.Len() > 1e-6 && face.Dot(mean) <= 0 {
				t.Fatalf("part %d: triangle %d is turned inside out", n, (i-r.First)/3)
			}
		}
	}
}

// The ball, a bit larger, holds the sphere of a lamp's reach (lamp.vert).
func TestBallHoldsItsSphere(t *testing.T) {
	g := &court.Geometry
	for i := court.Ball.First; i < court.Ball.First+court.Ball.Count; i += 3 {
		a, b, c := vertexAt(g, g.Indices[i]).pos, vertexAt(g, g.Indices[i+1]).pos, vertexAt(g, g.Indices[i+2]).pos
		n := b.Sub(a).Cross(c.Sub(a)).Normalize()
		if d := n.Dot(a) * 1.08; d < 0.999 {
			t.Errorf("a face is %g from the middle", d)
		}
	}
}

// The moon sees all that throws shadows, and looks where the shaders say.
func TestShadowView(t *testing.T) {
	v := picked(court, 0)
	for i := range court.Parts {
		r := &court.Parts[i]
		if r.Radius > ShadowReach {
			continue // the lawn goes on
		}
		if math.Hypot(float64(r.Centre[0]), float64(r.Centre[2])) > 12 {
			continue // the trees' shadows may end
		}
		q := v.Shadow.Mul4x1(r.Centre.Vec4(1))
		for k := range 3 {
			if q[k] < -1 || q[k] > 1 {
				t.Fatalf("part %d at %v is outside of the moon's view: %v", i, r.Centre, q)
			}
		}
	}
	// A point nearer to the moon has the lesser depth.
	if a, b := v.Shadow.Mul4x1(Moon.Mul(5).Vec4(1)), v.Shadow.Mul4x1(mgl32.Vec4{0, 0, 0, 1}); a[2] >= b[2] {
		t.Errorf("depths %g before %g", a[2], b[2])
	}
	b, err := os.ReadFile("../shaders/common.glsl")
	if want := fmt.Sprintf("moon_dir = normalize(vec3(%g, %g, %g));", Moon[0], Moon[1], Moon[2]); err != nil || !strings.Contains(string(b), want) {
		t.Errorf("common.glsl has no %q (%v)", want, err)
	}
}

// What is picked is what can be seen; something always is.
func TestPick(t *testing.T) {
	least, most := math.MaxInt, 0
	for f := 0; f < FramesPerLap; f += 50 {
		v := picked(court, f)
		for i := range court.Parts {
			if c := &court.Parts[i]; slices.Contains(v.Parts, i) != v.Camera.Sees(c.Centre, c.Radius) {
				t.Fatalf("frame %d: part %d", f, i)
			}
		}
		least, most = min(least, len(v.Lamps)), max(most, len(v.Lamps))
		for _, l := range v.Lamps {
			if l.Pos[1] < LampRadius || l.Pos.Len() > 20 || l.Reach <= LampRadius {
				t.Fatalf("frame %d: lamp %+v", f, l)
			}
		}
		eye := v.Camera.Eye
		if r := math.Hypot(float64(eye[0]), float64(eye[2])); r < 2.5 || r > columnRing-0.7 || eye[1] < 1 || eye[1] > columnHeight {
			t.Fatalf("frame %d: the eye at %v is not in the court", f, eye)
		}
	}
	if least == 0 || most > DefaultLamps || most == least {
		t.Errorf("%d to %d lamps are seen", least, most)
	}
}

func BenchmarkPick(b *testing.B) {
	b.ReportAllocs()
	var v View
	f := 0
	for b.Loop() {
		v.Pick(court, f, 1920, 1080)
		f++
	}
}
