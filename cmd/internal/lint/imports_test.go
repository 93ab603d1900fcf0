package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/prismgl/prism"

// mayImport lists for each part what it may import of the project, itself and what lies below it aside. The longest
// part that is a package's path or a folder above it counts. "…" at the end: and all below; alone: everything.
var mayImport = map[string][]string{
	"stream/spec":   {},
	"stream/wire":   {},
	"stream/shm":    {},
	"stream/ring":   {"stream/wire", "stream/shm"},
	"stream/launch": {"stream/ring…", "stream/wire"},
	"stream/gl":     {"stream/wire"},
	"stream/vk":     {"stream/wire"},
	// The driver's headers, for those whose cgo reads them.
	"stream/driver/include": {},
	"stream/shader":         {},
	"stream/state":          {"stream/wire", "stream/gl", "stream/vk"},
	"stream/trace":          {"stream/wire", "stream/state"},
	// C is compiled and run from here; only tests.
	"stream/drivertest": {},

	"tilesplit": {"stream…"},
	"composite": {"shaders"},

	// The interface knows no transport; the transports make lanes (ARCHITECTURE.md, seams).
	"nodes/lane":     {"stream/shm"},
	"nodes/proto":    {},
	"nodes/bus":      {"stream/wire", "nodes/lane"},
	"nodes/registry": {"nodes/bus…"},
	"nodes/blob":     {"nodes/bus…", "nodes/lane…"},
	"nodes/agent":    {"nodes/registry", "nodes/lane…", "nodes/bus…", "nodes/proto"},
	"nodes/worker":   {"stream…", "nodes/lane…", "nodes/bus", "nodes/blob…", "nodes/proto", "composite…", "shaders…"},
	"nodes/session": {
		"stream…", "tilesplit…", "composite…", "shaders…", "nodes/bus…", "nodes/lane…", "nodes/registry…", "nodes/blob…",
		"nodes/agent…", "nodes/worker…", "nodes/proto", "nodes/output…",
	},
	"nodes/output": {},
	"shaders":      {},

	"cmd/prism":    {"cmd/internal/cli"},
	"cmd/internal": {"…"},
	"cmd/specgen":  {"stream/spec…"},
	"samples":      {},
}

// onlyIn says where a module outside may be imported directly.
var onlyIn = map[string][]string{
	"github.com/spf13/viper":                    {"cmd/internal/config"},
	"github.com/go-viper/mapstructure":          {"cmd/internal/config"},
	"github.com/spf13/cobra":                    {"cmd/internal/cli"},
	"github.com/nats-io/nats.go":                {"nodes/bus"},
	"github.com/nats-io/nkeys":                  {"nodes/bus"},
	"github.com/nats-io/jwt":                    {"nodes/bus"}, // tests
	"github.com/nats-io/nats-server":            {"nodes/bus/embedded"},
	"github.com/go-gl":                          {"nodes/worker", "composite/gpu", "samples"},
	"github.com/vulkan-go":                      {"nodes/worker", "composite/gpu", "samples"},
	"github.com/jezek/xgb":                      {"nodes/output/x11", "cmd/internal/doctor"},
	"gonum.org/v1/plot":                         {"cmd/internal/scale/chart"},
	"github.com/antithesishq/antithesis-sdk-go": {},
}

// headers is a package so that the go command sees them change.
const headers = "stream/driver/include"

// cgoIn lists where a device is touched.
var cgoIn = []string{"nodes/worker", "composite/gpu", "samples"}

type pkg struct {
	ImportPath string
	Imports    []string
	CgoFiles   []string
	CgoCFLAGS  []string
	Module     *struct{ Path string }
	Error      *struct{ Err string }
}

// below tells whether path is root or lies under it.
func below(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

// check gives what a package of the project, with its path inside the project, does against the tables.
func check(path string, p pkg) []string {
	var wrong []string
	part := ""
	for r := range mayImport {
		if below(path, r) && len(r) > len(part) {
			part = r
		}
	}
	if part == "" {
		return []string{path + ": has no line in the import table"}
	}
	for _, i := range p.Imports {
		if own, ok := strings.CutPrefix(i, module+"/"); ok {
			if below(own, part) {
				continue
			}
			if !slices.ContainsFunc(mayImport[part], func(a string) bool {
				root, all := strings.CutSuffix(a, "…")
				return own == root || all && (root == "" || below(own, root))
			}) {
				wrong = append(wrong, fmt.Sprintf("%s: imports %s; %s may import %v", path, own, part, mayImport[part]))
			}
			continue
		}
		for lib, places := range onlyIn {
			if below(i, lib) && !slices.ContainsFunc(places, func(r string) bool { return below(path, r) }) {
				wrong = append(wrong, fmt.Sprintf("%s: imports %s; only %v may", path, i, places))
			}
		}
	}
	if len(p.CgoFiles) > 0 && !slices.ContainsFunc(cgoIn, func(r string) bool { return below(path, r) }) {
		wrong = append(wrong, fmt.Sprintf("%s: uses cgo in %v; only %v may", path, p.CgoFiles, cgoIn))
	}
	if slices.ContainsFunc(p.CgoCFLAGS, func(f string) bool { return strings.HasSuffix(f, headers) }) && !slices.Contains(p.Imports, module+"/"+headers) {
		wrong = append(wrong, fmt.Sprintf("%s: its cgo includes headers of %s, which it does not import: it would not be built anew when they change", path, headers))
	}
	slices.Sort(wrong)
	return wrong
}

func TestImports(t *testing.T) {
	cmd := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Imports,CgoFiles,CgoCFLAGS,Module,Error", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	seen := 0
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		path, ours := strings.CutPrefix(p.ImportPath, module+"/")
		if !ours {
			continue
		}
		seen++
		for _, w := range check(path, p) {
			t.Error(w)
		}
	}
	if seen < 10 {
		t.Errorf("go list gave %d packages of %s", seen, module)
	}
}

func TestCheckFinds(t *testing.T) {
	for name, c := range map[string]struct {
		path string
		p    pkg
		want int
	}{
		"Allowed":         {"nodes/session", pkg{Imports: []string{"fmt", module + "/nodes/bus", module + "/tilesplit/grid"}}, 0},
		"ItsOwn":          {"tilesplit/grid", pkg{Imports: []string{module + "/tilesplit"}}, 0},
		"Sample":          {"samples/city", pkg{Imports: []string{module + "/samples/city/scene", "github.com/go-gl/gl/v3.3-core/gl"}}, 0},
		"SampleKnows":     {"samples/city", pkg{Imports: []string{module + "/stream/wire"}}, 1},
		"SplitComposite":  {"tilesplit/grid", pkg{Imports: []string{module + "/composite"}}, 1},
		"WireIsALeaf":     {"stream/wire", pkg{Imports: []string{module + "/stream/gl"}}, 1},
		"ViperElsewhere":  {"cmd/internal/cli", pkg{Imports: []string{"github.com/spf13/viper"}}, 1},
		"NatsElsewhere":   {"nodes/session", pkg{Imports: []string{"github.com/nats-io/nats.go/jetstream"}}, 1},
		"ServerInBus":     {"nodes/bus", pkg{Imports: []string{"github.com/nats-io/nats-server/v2/server"}}, 1},
		"HeadersUnseen":   {"nodes/worker/x", pkg{CgoCFLAGS: []string{"-O2", "-I/x/stream/driver/include"}}, 1},
		"HeadersSeen":     {"nodes/worker/x", pkg{CgoCFLAGS: []string{"-I/x/stream/driver/include"}, Imports: []string{module + "/stream/driver/include"}}, 0},
		"CgoInSession":    {"nodes/session", pkg{CgoFiles: []string{"x.go"}}, 1},
		"UnknownPart":     {"helpers", pkg{}, 1},
		"NoPrefixMatch":   {"nodes/workerless", pkg{}, 1},
		"SpecInTheWorker": {"nodes/agent", pkg{Imports: []string{module + "/stream/spec", module + "/nodes/session"}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if got := check(c.path, c.p); len(got) != c.want {
				t.Errorf("%d complaints, want %d: %q", len(got), c.want, got)
			}
		})
	}
}

// root of the project, seen from here.
var root = filepath.Join("..", "..", "..")
