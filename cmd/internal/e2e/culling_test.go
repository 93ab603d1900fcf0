package e2e

import (
	"path/filepath"
	"testing"

	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/stream/shader"
	"github.com/prismgl/prism/tilesplit/passes"
)

// culling is what `culling: on` gives a session; shrink makes its bounds too small.
func culling(t *testing.T, shrink int) func(*session.Config) {
	t.Helper()
	a, err := shader.New(shader.Config{Program: filepath.Join(binDir, "lib", shader.Program)})
	if err != nil {
		t.Fatal(err)
	}
	return func(c *session.Config) { c.Culling = &session.Culling{Shaders: a, Shrink: shrink} }
}

// Frames whose draws go only where they can be seen are those of one node; with bounds that are too small verification finds it.
func TestCulledFramesAreEqual(t *testing.T) {
	need(t)
	chunks := recording(t, filepath.Join(binDir, "samples/city"), "--frames", "25", "--size", "320x240", "--fps-free")
	r, err := verify(t, chunks, chunks, nil, false, culling(t, 0))
	if err != nil || r.Err() != nil || r.Frames < 20 {
		t.Fatalf("%d frames: %v, %v", r.Frames, err, r.Err())
	}
	c := r.Got.Culling
	if c == nil || c.Bounded*2 < c.Draws || c.Merged == 0 {
		t.Fatalf("little was culled: %+v", c)
	}
	draws := uint64(0)
	for _, n := range r.Got.Nodes {
		draws += n.Draws
	}
	if all := r.Want.Nodes[0].Draws * uint64(len(r.Got.Nodes)); draws*10 > all*7 {
		t.Errorf("the nodes drew %d times, without culling they would %d times", draws, all)
	}
	r, err = verify(t, chunks, chunks, nil, false, culling(t, 6))
	if err != nil || r.FirstDiff == nil {
		t.Errorf("bounds that are too small by 6 pixels are not found: %d frames, %v, %v", r.Frames, err, r.Err())
	}
}

// So are frames whose passes into framebuffer objects are tiled, on tiles that stay and that move; and if each node draws too little around
// its own, verification finds it.
func TestTiledPassesAreEqual(t *testing.T) {
	need(t)
	chunks := recording(t, filepath.Join(binDir, "samples/deferred"), "--frames", "24", "--size", "240x180", "--fps-free")
	a, err := shader.New(shader.Config{Program: filepath.Join(binDir, "lib", shader.Program), CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	tiled := func(shrink int) func(*session.Config) {
		return func(c *session.Config) {
			c.Culling = &session.Culling{Shaders: a, Passes: passes.Auto, Shrink: shrink}
		}
	}
	for range 2 { // the shaders are known the second time
		r, err := verify(t, chunks, chunks, nil, false, tiled(0))
		if err != nil || r.Err() != nil || r.Frames < 20 {
			t.Fatalf("%d frames: %v, %v", r.Frames, err, r.Err())
		}
		if o := r.Got.Passes; o == nil || o.Passes < 100 || o.Tiled > o.Passes*7/8 {
			t.Fatalf("passes: %+v", o)
		}
		if o := r.Got.Passes; o.Tiled*2 > o.Passes {
			r, err = verify(t, chunks, chunks, nil, false, tiled(4))
			if err != nil || r.FirstDiff == nil {
				t.Errorf("regions that are too small by 4 pixels are not found: %d frames, %v, %v", r.Frames, err, r.Err())
			}
			return
		}
	}
	t.Error("few passes are tiled")
}
