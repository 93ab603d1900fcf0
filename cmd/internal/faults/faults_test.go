package faults

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"
)

var (
	kills  = flag.Int("kills", 0, "random kills; 0: a few of each kind")
	seed   = flag.Uint64("seed", 0, "of the random kills; 0: by the clock")
	report = flag.String("report", "", "file for the table")
	only   = flag.String("only", "", "only what begins so, as in embedded/worker or external/nats/steady")
)

// targets that a set-up has as processes. In the embedded one splitter, compositor, agents and NATS are parts of prism run.
var targets = []struct{ setup, target string }{
	{embedded, kindApp}, {embedded, kindWorker}, {embedded, kindRun}, {embedded, kindXvfb}, {embedded, kindAll},
	{external, kindApp}, {external, kindWorker}, {external, kindAgent}, {external, kindNATS}, {external, kindRun},
	{network, kindWorker}, {network, kindAgent}, {network, kindNATS}, {network, kindRun},
}

// few is one kill of each kind, without the phases that differ little for it.
func few(rng *rand.Rand) (plans []plan) {
	add := func(setup, target string, in ...string) {
		for _, phase := range in {
			plans = append(plans, plan{setup, target, phase, syscall.SIGKILL, rng.Uint64()})
		}
	}
	for _, target := range []string{kindApp, kindWorker, kindRun} {
		add(embedded, target, phases...)
	}
	add(embedded, kindXvfb, phaseSteady)
	add(embedded, kindAll, phaseStart, phaseUpload)
	add(external, kindWorker, phaseStart)
	add(external, kindRun, phaseResize)
	add(external, kindAgent, phaseStart, phaseUpload)
	add(external, kindNATS, phaseSteady)
	add(network, kindWorker, phaseUpload)
	add(network, kindRun, phaseSteady)
	add(network, kindAgent, phaseResize, phaseEnd)
	add(network, kindNATS, phaseStart, phaseResize)
	plans = append(plans, plan{embedded, kindWorker, phaseSteady, syscall.SIGSEGV, rng.Uint64()},
		plan{embedded, kindWorker, phaseResize, syscall.SIGSTOP, rng.Uint64()})
	return plans
}

// many goes through all cells as often as it takes, in random order.
func many(rng *rand.Rand, n int) (plans []plan) {
	var cells []plan
	for _, t := range targets {
		for _, phase := range phases {
			cells = append(cells, plan{setup: t.setup, target: t.target, phase: phase})
		}
	}
	for len(plans) < n {
		for _, i := range rng.Perm(len(cells)) {
			p := cells[i]
			p.signal, p.seed = syscall.SIGKILL, rng.Uint64()
			goesOn := p.phase != phaseStart && p.phase != phaseEnd && p.target != kindXvfb && p.target != kindAll
			switch dice := rng.IntN(8); {
			case dice == 0 && (p.target == kindApp || p.target == kindWorker):
				p.signal = syscall.SIGSEGV
			case dice == 1 && goesOn:
				p.signal = syscall.SIGSTOP
			}
			plans = append(plans, p)
		}
	}
	return plans[:n]
}

// cell of the table.
type cell struct {
	kills, missed, paused, drewOn, slow, hangs, leaks, wrong, talk, pictures int
	longest                                                                  time.Duration
	said                                                                     string
}

// required skips, or fails, where something is missing.
func required(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("faults are left out with -short")
	}
	for _, p := range []string{"cc", "Xvfb", "nats-server"} {
		if _, err := exec.LookPath(p); err != nil {
			if strings.Contains(os.Getenv("PRISM_REQUIRE"), "gl") {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

func TestFaults(t *testing.T) {
	required(t)
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano()) % 1e9
	}
	rng := rand.New(rand.NewPCG(*seed, 0))
	plans := few(rng)
	if *kills > 0 {
		plans = many(rng, *kills)
	}
	began := time.Now()
	w := newWorld(t)
	table := map[string]*cell{}
	var bad []string
	done := 0
	for i, p := range plans {
		key := p.setup + "/" + p.target + "/" + p.phase
		if !strings.HasPrefix(key, *only) {
			continue
		}
		done++
		o := w.try(t, i, p)
		if table[key] == nil {
			table[key] = new(cell)
		}
		table[key].add(p, &o)
		verdict := "ok"
		var late []string // for the short version in `make test` only a hang is a failure: the machine may be busy
		if *kills > 0 && o.took > slowAfter && !o.missed && p.signal != syscall.SIGSTOP {
			late = []string{fmt.Sprintf("the rest ended after %v", o.took)}
		}
		for what, list := range map[string][]string{"hang": o.hangs, "leak": o.leaks, "wrong picture": o.wrong, "late": late, "message": o.talk, "set-up": o.setback} {
			for _, s := range list {
				verdict = what
				bad = append(bad, fmt.Sprintf("trial %d (%v): %s: %s", i, p, what, s))
				t.Errorf("trial %d (%v): %s: %s", i, p, what, s)
			}
		}
		if testing.Verbose() {
			t.Logf("%3d %-34s %-20v %6.2f s, %3d pictures, %s: %s", i, key, p.signal, o.took.Seconds(), o.pictures, verdict, o.said)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d kills in %v, seed %d, commit %s\n\n", done, time.Since(began).Round(time.Second), *seed, commit())
	write(&b, table)
	if len(bad) > 0 {
		fmt.Fprintf(&b, "\n%s\n", strings.Join(bad, "\n"))
	}
	if *report != "" {
		if err := os.MkdirAll(filepath.Dir(*report), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(*report, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Log("\n" + b.String())
}

func (c *cell) add(p plan, o *outcome) {
	c.kills++
	switch {
	case o.missed:
		c.missed++
	case p.signal == syscall.SIGSTOP:
		c.paused++
	case o.drewOn:
		c.drewOn++
	default:
		c.longest = max(c.longest, o.took)
		if o.took > slowAfter {
			c.slow++
		}
		if o.said != "" && len(o.said) < 400 {
			c.said = o.said
		}
	}
	c.hangs += len(o.hangs)
	c.leaks += len(o.leaks)
	c.wrong += len(o.wrong)
	c.talk += len(o.talk) + len(o.setback)
	c.pictures += o.pictures
}

// write prints the table; the last line sums up.
func write(b *strings.Builder, table map[string]*cell) {
	tw := tabwriter.NewWriter(b, 0, 8, 2, ' ', 0)
	fmt.Fprintln(tw, "SET-UP\tPROCESS\tPHASE\tKILLS\tPAUSED\tDREW ON\tTOO LATE\tLONGEST\tOVER 5 s\tHANGS\tLEAKS\tPICTURES\tWRONG\tBAD MESSAGES\tA MESSAGE")
	var sum cell
	line := func(setup, target, phase string, c *cell, said string) {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%.1f s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", setup, target, phase, c.kills, c.paused, c.drewOn, c.missed,
			c.longest.Seconds(), c.slow, c.hangs, c.leaks, c.pictures, c.wrong, c.talk, said)
	}
	for _, t := range targets {
		for _, phase := range phases {
			c := table[t.setup+"/"+t.target+"/"+phase]
			if c == nil {
				continue
			}
			line(t.setup, t.target, phase, c, c.said)
			sum.kills += c.kills
			sum.missed += c.missed
			sum.paused += c.paused
			sum.drewOn += c.drewOn
			sum.slow += c.slow
			sum.hangs += c.hangs
			sum.leaks += c.leaks
			sum.wrong += c.wrong
			sum.talk += c.talk
			sum.pictures += c.pictures
			sum.longest = max(sum.longest, c.longest)
		}
	}
	line("all", "", "", &sum, "")
	_ = tw.Flush()
}

func commit() string {
	b, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(b))
}
