package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// piglitSets are the named sets of Debian's piglit that are run, by the arguments of its print-cmd.
var piglitSets = []struct {
	name string
	args []string
}{
	{"sanity", []string{"sanity"}},
	{"quick_gl, OpenGL 1.1, 2.0 and 3.0", []string{"quick_gl", "-t", `spec@!opengl (1\.1|2\.0|3\.0)@`}},
}

// piglitWays are the divisions, with the least parity of each set.
var piglitWays = []struct {
	tiles
	least float64
}{
	{tiles{"1x1", "1", "--grid=1x1"}, 0.99},
	{tiles{"2x2", "4", "--grid=2x2"}, 0.99},
}

// piglitOne is one test: what Mesa alone gives, and what each way does.
type piglitOne struct {
	set, name string
	cmd       []string
	direct    string
	under     []string // by way; empty: not run, as it does not pass directly
	said      []string
}

// TestPiglit: of the tests that pass with Mesa alone, how many pass under prism. No test is known to prism.
func TestPiglit(t *testing.T) {
	report := os.Getenv("PRISM_PIGLIT")
	if report == "" {
		t.Skip("make conformance runs it")
	}
	need(t, "piglit", "wflinfo")
	var all []*piglitOne
	for _, set := range piglitSets {
		of := piglitTests(t, set.name, set.args)
		all = append(all, of...)
	}
	t.Run("Tests", func(t *testing.T) {
		for _, one := range all {
			t.Run(one.set+"/"+one.name, func(t *testing.T) {
				alongside(t)
				one.run(t)
			})
		}
	})
	text, parity := piglitTable(all)
	if err := os.WriteFile(report, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	for s, set := range piglitSets {
		for w, way := range piglitWays {
			if p := parity[s][w]; p < way.least {
				t.Errorf("%s on %s: parity is %.1f %%, the least is %.0f %%", set.name, way.name, 100*p, 100*way.least)
			}
		}
	}
}

// piglitTests lists a set. A program that the package does not hold is none of it.
func piglitTests(t *testing.T, set string, args []string) (all []*piglitOne) {
	t.Helper()
	out, err := exec.Command("piglit", append([]string{"print-cmd"}, args...)...).Output()
	if err != nil {
		t.Fatalf("piglit print-cmd: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		name, cmd, ok := strings.Cut(strings.TrimSpace(line), " ::: ")
		words := strings.Fields(cmd)
		if !ok || len(words) == 0 {
			t.Fatalf("piglit print-cmd says %q", line)
		}
		if _, err := os.Stat(filepath.Join(piglitDir, words[0])); err == nil {
			all = append(all, &piglitOne{set: set, name: name, cmd: words})
		}
	}
	if len(all) == 0 {
		t.Fatalf("piglit has no set %s", set)
	}
	return all
}

// piglitDir is the folder that the commands are relative to.
const piglitDir = "/usr/bin"

// run runs the test directly, and if that passes by each way.
func (p *piglitOne) run(t *testing.T) {
	env := []string{"PIGLIT_PLATFORM=glx", "PIGLIT_SOURCE_DIR=/usr/lib/x86_64-linux-gnu/piglit"}
	const limit = 5 * time.Minute
	p.direct, _ = piglitResult(runIn(t, piglitDir, limit, env, p.cmd[0], p.cmd[1:]...))
	if p.direct != "pass" {
		return
	}
	for _, way := range piglitWays {
		args := append([]string{"run", "--nodes", way.nodes, way.flag, "--errors=exact", "--out", "null", "--"}, p.cmd...)
		r := runIn(t, piglitDir, limit, env, filepath.Join(binDir, "prism"), args...)
		result, said := piglitResult(r)
		p.under, p.said = append(p.under, result), append(p.said, said)
	}
}

var piglitSays = regexp.MustCompile(`PIGLIT: (\{.*\})`)

// piglitResult reads what a test says of itself, and the last line besides.
func piglitResult(r result) (word, said string) {
	var v struct {
		Result string `json:"result"`
	}
	for _, m := range piglitSays.FindAllStringSubmatch(r.out, -1) {
		_ = json.Unmarshal([]byte(m[1]), &v)
	}
	for line := range strings.Lines(r.errOut + "\n" + piglitSays.ReplaceAllString(r.out, "")) {
		if line = strings.TrimSpace(line); line != "" {
			said = line
		}
	}
	if v.Result == "" {
		return fmt.Sprintf("ended with %d", r.code), said
	}
	return v.Result, said
}

// piglitTable shows parity of each set and way, and each test that is lost.
func piglitTable(all []*piglitOne) (text string, parity [][]float64) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "set\ttests\tpass on Mesa")
	for _, way := range piglitWays {
		fmt.Fprintf(w, "\tpass on %s\tparity", way.name)
	}
	fmt.Fprintln(w)
	for _, set := range piglitSets {
		tests, direct, pass := 0, 0, make([]int, len(piglitWays))
		for _, p := range all {
			if p.set != set.name {
				continue
			}
			tests++
			if p.direct != "pass" {
				continue
			}
			direct++
			for i, r := range p.under {
				if r == "pass" {
					pass[i]++
				}
			}
		}
		row := make([]float64, len(piglitWays))
		fmt.Fprintf(w, "%s\t%d\t%d", set.name, tests, direct)
		for i, n := range pass {
			row[i] = float64(n) / float64(max(direct, 1))
			fmt.Fprintf(w, "\t%d\t%.1f %%", n, 100*row[i])
		}
		fmt.Fprintln(w)
		parity = append(parity, row)
	}
	w.Flush()
	fmt.Fprintln(&b, "\nLost:")
	lost := 0
	for _, p := range all {
		for i, r := range p.under {
			if r == "pass" {
				continue
			}
			lost++
			fmt.Fprintf(&b, "%s on %s: %s; it says: %s\n", p.name, piglitWays[i].name, r, p.said[i])
		}
	}
	if lost == 0 {
		fmt.Fprintln(&b, "none")
	}
	return b.String(), parity
}
