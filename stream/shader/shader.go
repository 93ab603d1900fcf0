package shader

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrFrontEnd is the class of errors when the front end is missing or cannot be started. It says nothing of the shader.
var ErrFrontEnd = errors.New("shader: front end")

// Program is the front end's file name. It is built into the folder of prism's drivers.
const Program = "prism-glsl"

// Config says how an Analyzer works. The zero value of each but Program is a default.
type Config struct {
	Program     string        // the front end's path
	CacheDir    string        // where trees are kept for the next run, as UserCache; "": not on disk
	CacheBytes  int64         // on disk, at most; 0: 64 MiB
	Timeout     time.Duration // of one analysis; 0: 5 s
	MemoryBytes int64         // of the front end, at most; 0: 512 MiB
	SourceBytes int           // of one shader, at most; 0: 1 MiB. A longer one is not looked at.
	Processes   int           // front ends at once; 0: 2
	Entries     int           // results kept in memory; 0: 1024
}

// Source is one shader object: its strings as glShaderSource has them. They are one text, and lines are counted in that.
type Source struct {
	Strings []string
	ES      bool // the context is of OpenGL ES: a source without #version is of GLSL ES 1.00, not of GLSL 1.10
}

// Attribute is what positions are made of.
type Attribute struct {
	Name       string // "gl_Vertex" and the like of the compatibility profile
	Location   int    // as the source gives it; -1: ask GL
	Column     int    // of a matrix; it has the location Location + Column
	Type       string // of the column, in GLSL: "vec3", "float", "ivec2"; integers are taken as numbers
	Components int
}

// Position is what a vertex shader does to positions.
type Position struct {
	// Reason says why no map can be derived, with the place; "": it was derived.
	Reason    string
	Attribute Attribute
	Uniforms  []Uniform // what the map depends on, each once

	// What else the shader may write, also where there is a Reason. ClipDistance: clip and cull distances and gl_ClipVertex,
	// which only take away. Viewport: gl_Layer, gl_ViewportIndex and what else chooses where the position counts.
	// Effects: storage buffers, images, atomic counters.
	PointSize, ClipDistance, Viewport, Effects bool
	Invariant                                  bool // gl_Position is declared invariant

	program  program
	rounding float64
}

// Analyzer analyses shaders, each once.
type Analyzer struct {
	cfg   Config
	build string // tells the front end from others
	disk  *disk
	sem   chan struct{}

	mu    sync.Mutex
	known map[hash]*entry
	order []hash // oldest first
}

type hash [sha256.Size]byte

type entry struct {
	done chan struct{} // closed when the rest is set
	p    *Position
	err  error
}

// New makes an Analyzer. It fails with ErrFrontEnd where there is no front end.
func New(cfg Config) (*Analyzer, error) {
	st, err := os.Stat(cfg.Program)
	if err != nil || st.IsDir() {
		return nil, fmt.Errorf("%w: %q is not there", ErrFrontEnd, cfg.Program)
	}
	path, err := filepath.Abs(cfg.Program)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFrontEnd, err)
	}
	cfg.Program = path
	def := func(v *int, to int) {
		if *v <= 0 {
			*v = to
		}
	}
	def(&cfg.SourceBytes, 1<<20)
	def(&cfg.Processes, 2)
	def(&cfg.Entries, 1024)
	if cfg.CacheBytes <= 0 {
		cfg.CacheBytes = 64 << 20
	}
	if cfg.MemoryBytes <= 0 {
		cfg.MemoryBytes = 512 << 20
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 5 * time.Second
	}
	// Another build of the front end may say something else.
	build := fmt.Sprintf("%d %d %d ", treeFormat, st.Size(), st.ModTime().UnixNano())
	return &Analyzer{cfg: cfg, build: build, disk: newDisk(cfg.CacheDir, cfg.CacheBytes), sem: make(chan struct{}, cfg.Processes), known: map[hash]*entry{}}, nil
}

// Position analyses a shader, or gives what it found before; the result is shared and must not be changed. A shader that
// cannot be followed, compiled or analysed within the limits has a Reason. An error says that the analysis could not be
// made: ctx has ended, or the front end cannot be started (ErrFrontEnd); it is tried again the next time.
func (a *Analyzer) Position(ctx context.Context, src Source) (*Position, error) {
	size := 0
	for _, s := range src.Strings {
		size += len(s)
	}
	if size == 0 {
		return &Position{Reason: "has no source"}, nil
	}
	if size > a.cfg.SourceBytes {
		return &Position{Reason: fmt.Sprintf("is too long: %d bytes; %d are looked at", size, a.cfg.SourceBytes)}, nil
	}
	source := strings.Join(src.Strings, "")
	key := a.hash(source, kindOf(src.ES, 0))
	for {
		a.mu.Lock()
		e := a.known[key]
		if e == nil {
			e = &entry{done: make(chan struct{})}
			a.known[key] = e
			a.order = append(a.order, key)
			if len(a.order) > a.cfg.Entries {
				delete(a.known, a.order[0])
				a.order = a.order[1:]
			}
			a.mu.Unlock()
			e.p, e.err = a.make(ctx, source, src.ES)
			if e.err != nil {
				a.forget(key, e)
			}
			close(e.done)
			return e.p, e.err
		}
		a.mu.Unlock()
		select {
		case <-e.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if e.err == nil {
			return e.p, nil
		}
		// Whoever made it was interrupted, or had no front end.
		if err := ctx.Err(); err != nil || errors.Is(e.err, ErrFrontEnd) {
			return nil, errors.Join(e.err, err)
		}
	}
}

func (a *Analyzer) forget(key hash, e *entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known[key] != e {
		return
	}
	delete(a.known, key)
	for i := range a.order {
		if a.order[i] == key {
			a.order = append(a.order[:i], a.order[i+1:]...)
			break
		}
	}
}

// treeFormat changes when the front end's output does, so that what an older one left on disk is not read.
const treeFormat = 2

// kind of a source, as front/FORMAT.md has it.
type kind uint8

const (
	kindES       kind = 1
	kindFragment kind = 2
)

func kindOf(es bool, stage kind) kind { return kind(truth(es)) | stage }

// hash names a source by all that the tree depends on.
func (a *Analyzer) hash(source string, k kind) (h hash) {
	d := sha256.New()
	io.WriteString(d, a.build)
	d.Write([]byte{byte(k)})
	io.WriteString(d, source)
	d.Sum(h[:0])
	return h
}

// make analyses what a driver may take the source for.
func (a *Analyzer) make(ctx context.Context, source string, es bool) (*Position, error) {
	all, asked, why := variants(source)
	if why != nil {
		return &Position{Reason: why.String()}, nil
	}
	var p *Position
	for _, v := range all {
		q, err := a.one(ctx, v, es)
		if err != nil {
			return nil, err
		}
		if p == nil {
			p = q
			continue
		}
		if p.Reason == "" && q.Reason == "" && !p.equal(q) {
			p.fail(asked.reason().String())
		}
		if p.Reason == "" && q.Reason != "" {
			p.fail(q.Reason)
		}
		p.mayWrite(q)
	}
	return p, nil
}

// one analyses a source whose directives all front ends understand alike.
func (a *Analyzer) one(ctx context.Context, source string, es bool) (*Position, error) {
	t, why, err := a.tree(ctx, source, kindOf(es, 0))
	if err != nil {
		return nil, err
	}
	if why != "" {
		return &Position{Reason: why}, nil
	}
	return analyze(t), nil
}

// tree gives the front end's tree of a source, or why there is none.
func (a *Analyzer) tree(ctx context.Context, source string, k kind) (t *tree, why string, err error) {
	key := a.hash(source, k)
	out, ok := a.disk.get(key)
	if !ok {
		if out, ok, err = a.frontEnd(ctx, source, k); err != nil {
			return nil, "", err
		}
		if ok {
			a.disk.put(key, out)
		}
	}
	if why, refused := refusal(out); refused {
		return nil, why, nil
	}
	if t, err = parseTree(out); err != nil {
		return nil, "cannot be analysed: " + err.Error(), nil
	}
	return t, "", nil
}

// fail leaves a reason in place of a map.
func (p *Position) fail(why string) {
	*p = Position{Reason: why, PointSize: p.PointSize, ClipDistance: p.ClipDistance, Viewport: p.Viewport, Effects: p.Effects, Invariant: p.Invariant}
}

func (p *Position) mayWrite(q *Position) {
	p.PointSize = p.PointSize || q.PointSize
	p.ClipDistance = p.ClipDistance || q.ClipDistance
	p.Viewport = p.Viewport || q.Viewport
	p.Effects = p.Effects || q.Effects
	p.Invariant = p.Invariant && q.Invariant
}

func (p *Position) equal(q *Position) bool {
	return p.Attribute == q.Attribute && slices.Equal(p.Uniforms, q.Uniforms) && p.rounding == q.rounding && p.program.equal(&q.program)
}
