package faults

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Phases of a run.
const (
	phaseStart  = "start"  // from the start of each process to the first picture
	phaseUpload = "upload" // the app sends 6 MiB with each frame
	phaseSteady = "steady" // frames flow
	phaseResize = "resize" // the window has another size with each frame
	phaseEnd    = "end"    // the app has drawn its last frame and all go home
)

var phases = []string{phaseStart, phaseUpload, phaseSteady, phaseResize, phaseEnd}

// Set-ups.
const (
	embedded = "embedded" // prism run has its own nodes
	external = "external" // nodes of an outside NATS, which share memory with the session
	network  = "network"  // the same, and all goes over NATS
)

// plan is one trial: who gets which signal when.
type plan struct {
	setup, target, phase string
	signal               syscall.Signal // SIGSTOP: it goes on after a while, and nothing may have happened
	seed                 uint64
}

func (p plan) String() string {
	return fmt.Sprintf("%s, %s, %s, %v, seed %d", p.setup, p.target, p.phase, p.signal, p.seed)
}

const (
	slowAfter = 5 * time.Second  // what has not ended then is late
	hangAfter = 15 * time.Second // and then it hangs
)

// outcome of a trial. What is in the lists is wrong.
type outcome struct {
	took                               time.Duration // from the signal to the end of all that should end
	drewOn                             bool          // until it was ended as a user does it
	missed                             bool          // the process ended by itself before the signal
	pictures                           int           // that were looked at
	said                               string        // prism's message
	hangs, leaks, wrong, talk, setback []string
}

// trial is one run.
type trial struct {
	plan
	*testing.T
	w    *world
	rng  *rand.Rand
	dir  string
	mark string
	run  *child
	seen map[int]bool // processes of the run so far
	x    []string     // files of its X server
	outcome
}

func (w *world) try(t *testing.T, number int, p plan) outcome {
	t.Helper()
	if p.setup != embedded {
		w.cluster(t)
	}
	tr := &trial{plan: p, T: t, w: w, rng: rand.New(rand.NewPCG(p.seed, 1)), dir: filepath.Join(w.dir, strconv.Itoa(number)), seen: map[int]bool{}}
	tr.mark = filepath.Base(w.dir) + "-" + strconv.Itoa(number)
	defer os.RemoveAll(tr.dir)
	defer tr.sweep()
	tr.carryOut()
	return tr.outcome
}

// sweep ends what a trial has left over.
func (tr *trial) sweep() {
	for _, p := range processes(tr.mark) {
		_ = kill(p.pid, syscall.SIGKILL)
	}
	<-tr.run.done
}

// mode of the app, and the frames that it draws; 0: until it is ended.
func (tr *trial) mode() (mode string, frames int) {
	switch tr.phase {
	case phaseUpload, phaseResize:
		return tr.phase, 0
	case phaseEnd:
		return "steady", 5
	}
	return "steady", 0
}

func (tr *trial) carryOut() {
	mode, frames := tr.mode()
	args := []string{"run", "--nodes", "2", "--out", "x11", "--out", "png:" + filepath.Join(tr.dir, "out")}
	if tr.setup != embedded {
		args = append(args, "--nats", tr.w.url, "--nats-secret", tr.w.secret)
	}
	if tr.setup == network {
		args = append(args, "--lanes", "nats")
	}
	tr.run = tr.w.start(tr.T, tr.dir, tr.mark, tr.w.bin, append(args, "--", tr.w.app, mode, strconv.Itoa(frames))...)
	if !tr.reach() {
		return
	}
	began, hit := tr.strike()
	switch {
	case tr.signal == syscall.SIGSTOP:
		tr.pause(hit)
		began = tr.goOn()
	case tr.target == kindNATS && tr.setup == external:
		began = tr.goOn() // with shared memory it does not need the server, once it has begun
	}
	if tr.hangs != nil {
		return
	}
	tr.awaitEnd(began)
	tr.judge(len(hit) > 0)
	tr.lookAtPictures(mode)
	tr.lookForLeaks()
	if tr.setup != embedded {
		tr.cluster()
	}
}

// all gives the processes of the run that are alive: of an outside cluster the workers belong to it.
func (tr *trial) all() []process {
	list := processes(tr.mark)
	if tr.setup != embedded {
		list = append(list, ofKind(processes(tr.w.mark), kindWorker)...)
	}
	for _, p := range list {
		tr.seen[p.pid] = true
		if p.kind == kindXvfb && len(tr.x) == 0 {
			tr.x = xFiles(p.pid)
		}
	}
	return list
}

// candidates are the processes that the plan may hit.
func (tr *trial) candidates() []process {
	switch tr.target {
	case kindAll:
		return tr.all()
	case kindAgent, kindNATS:
		tr.all()
		return ofKind(processes(tr.w.mark), tr.target)
	}
	return ofKind(tr.all(), tr.target)
}

func (tr *trial) numberOfPictures() int {
	list, _ := filepath.Glob(filepath.Join(tr.dir, "out", "frame-*.png"))
	return len(list)
}

// reach waits for the phase, and then for a random part of it.
func (tr *trial) reach() bool {
	said := func(word string) func() bool {
		return func() bool { return strings.Contains(read(tr.run.out), word) }
	}
	var ok func() bool
	span := 400 * time.Millisecond
	switch tr.phase {
	case phaseStart:
		ok = func() bool { return len(tr.candidates()) > 0 }
		switch tr.target {
		case kindRun, kindAll, kindNATS, kindAgent:
			span = 1500 * time.Millisecond
		case kindWorker: // the first is the probe of a device
			span = 900 * time.Millisecond
		}
	case phaseEnd:
		ok, span = said("last\n"), 80*time.Millisecond
	case phaseUpload:
		if ok = said("drawing\n"); tr.seed%2 == 0 { // the first upload, which finds no nodes yet, or a later one
			ok = func() bool { return tr.numberOfPictures() >= 1 }
		}
	default:
		ok = func() bool { return tr.numberOfPictures() >= 3 }
	}
	if !poll(30*time.Second, func() bool { return ok() || tr.run.ended() }) || tr.run.ended() && tr.phase != phaseEnd {
		tr.setback = append(tr.setback, fmt.Sprintf("the phase did not come\n%s", read(tr.run.errOut)))
		return false
	}
	tr.all()
	until := time.Now().Add(time.Duration(tr.rng.Int64N(int64(span))))
	poll(span, func() bool { return time.Now().After(until) })
	return true
}

// strike sends the signal, to one of the candidates or to all, and tells when and whom it hit. A process that has just ended by itself
// is not the last of its kind, but for the end of the run.
func (tr *trial) strike() (began time.Time, hit []process) {
	poll(10*time.Second, func() bool {
		began, hit = tr.strikeOnce()
		return len(hit) > 0 || tr.phase == phaseEnd || tr.run.ended()
	})
	tr.missed = len(hit) == 0
	return began, hit
}

func (tr *trial) strikeOnce() (began time.Time, hit []process) {
	list := tr.candidates()
	if tr.target != kindAll && len(list) > 1 {
		list = list[tr.rng.IntN(len(list)):][:1]
	}
	began = time.Now()
	for _, p := range list {
		if alive(p.pid) && kill(p.pid, tr.signal) == nil {
			hit = append(hit, p)
		}
	}
	return began, hit
}

// pause lets a stopped process go on after a while.
func (tr *trial) pause(hit []process) {
	pause := 500*time.Millisecond + time.Duration(tr.rng.Int64N(int64(1500*time.Millisecond)))
	until := time.Now().Add(pause)
	poll(2*pause, func() bool { return time.Now().After(until) })
	for _, p := range hit {
		_ = kill(p.pid, syscall.SIGCONT)
	}
}

// goOn sees whether the run draws on, and ends it then as a user does it. A run that has ended says so in its own way.
func (tr *trial) goOn() time.Time {
	began := time.Now()
	more := tr.numberOfPictures() + 10
	if !poll(hangAfter, func() bool { return tr.numberOfPictures() >= more || tr.run.ended() }) {
		tr.hang("no pictures come, and it does not end")
	}
	if tr.run.ended() {
		return began
	}
	tr.drewOn = true
	began = time.Now()
	_ = kill(tr.run.Process.Pid, syscall.SIGTERM)
	return began
}

// awaitEnd waits until all that belongs to the run has ended.
func (tr *trial) awaitEnd(began time.Time) {
	rest := tr.all()
	if !poll(hangAfter, func() bool { rest = tr.all(); return len(rest) == 0 && tr.run.ended() }) {
		tr.hang(fmt.Sprintf("still there: %v", rest))
	}
	tr.took = time.Since(began)
}

// hang notes that, with what the Go processes are at.
func (tr *trial) hang(what string) {
	for _, p := range tr.all() {
		if p.kind == kindRun || p.kind == kindWorker {
			_ = kill(p.pid, syscall.SIGCONT)
			_ = kill(p.pid, syscall.SIGQUIT)
		}
	}
	poll(2*time.Second, func() bool { return len(tr.all()) == 0 })
	dump := filepath.Join(os.TempDir(), fmt.Sprintf("faults-hang-%d.txt", tr.seed))
	_ = os.WriteFile(dump, []byte(tr.String()+": "+what+"\n"+read(tr.run.errOut)), 0o600)
	tr.hangs = append(tr.hangs, what+"; what the processes were at is in "+dump)
	for _, p := range tr.all() {
		_ = kill(p.pid, syscall.SIGKILL)
	}
}

// chatter is what Xlib says in an app whose server has gone.
var chatter = regexp.MustCompile(`^(XIO:|X connection to| +after \d+ requests)`)

// judge compares exit status and messages with what the fault promises.
func (tr *trial) judge(hit bool) {
	if !tr.run.ended() {
		return
	}
	var lines []string
	for line := range strings.Lines(read(tr.run.errOut)) {
		line = strings.TrimRight(line, "\n")
		if tr.target == kindNATS && strings.Contains(line, `msg="nats: `) {
			continue // that the connection is lost is one event; what it means for the run is told when it does not come back
		}
		if line != "" && !chatter.MatchString(line) {
			lines = append(lines, line)
		}
	}
	code := tr.run.ProcessState.ExitCode()
	tr.said = strings.Join(lines, " / ")
	type want struct {
		codes []int
		words []string // of the one line; a|b: one of the two
		quiet bool     // no line
	}
	ws, _ := tr.run.ProcessState.Sys().(syscall.WaitStatus)
	w := want{codes: []int{1}}
	switch {
	case !hit:
		w = want{codes: []int{0}, quiet: true}
	case tr.drewOn, tr.signal == syscall.SIGSTOP:
		w = want{codes: []int{128 + int(syscall.SIGTERM)}, quiet: true}
	case tr.target == kindApp:
		w.codes, w.words = []int{128 + int(tr.signal)}, []string{"faultapp", tr.signal.String()}
	case tr.target == kindWorker && tr.setup == embedded:
		w.words = []string{"local-"}
	case tr.target == kindWorker, tr.target == kindAgent:
		w.words = []string{"left|right"}
	case tr.target == kindNATS:
		w.words = []string{"nats"}
	case tr.target == kindXvfb:
		w.codes, w.words = []int{1, 4, 5, 6}, []string{"Xvfb"} // or the app's own, which finds no display
	case tr.target == kindRun, tr.target == kindAll:
		// The shell says it; a driver may.
		if !ws.Signaled() || ws.Signal() != syscall.SIGKILL || len(lines) > 1 {
			tr.talk = append(tr.talk, fmt.Sprintf("prism run ended with %v, said %q", tr.run.ProcessState, lines))
		}
		return
	}
	if tr.phase == phaseEnd && code == 0 && (len(lines) == 0 || tr.target == kindNATS && len(lines) == 1) {
		return // it came too late to matter, or only for the farewell
	}
	if tr.phase == phaseStart && tr.target == kindWorker {
		w.codes, w.words = append(w.codes, 4), nil // may be the probe
	}
	okay := false
	for _, c := range w.codes {
		okay = okay || c == code
	}
	if w.quiet {
		okay = okay && len(lines) == 0
	} else {
		okay = okay && len(lines) == 1
	}
	for _, word := range w.words {
		okay = okay && slices.ContainsFunc(strings.Split(word, "|"), func(s string) bool {
			return strings.Contains(strings.ToLower(tr.said), strings.ToLower(s))
		})
	}
	if !okay {
		tr.talk = append(tr.talk, fmt.Sprintf("status %d, want %v; %d lines, want one with %q:\n%s", code, w.codes, len(lines), w.words, strings.Join(lines, "\n")))
	}
}

// lookAtPictures compares what was written with what an undisturbed run writes.
func (tr *trial) lookAtPictures(mode string) {
	files, _ := filepath.Glob(filepath.Join(tr.dir, "out", "frame-*.png"))
	right := tr.w.right[mode]
	for _, f := range files {
		b, err := os.ReadFile(f)
		var number int
		if err == nil {
			_, err = fmt.Sscanf(filepath.Base(f), "frame-%d.png", &number)
		}
		if err != nil || number < 1 || sha256.Sum256(b) != right[(number-1)%period] {
			tr.wrong = append(tr.wrong, fmt.Sprintf("%s, %d bytes, %v", filepath.Base(f), len(b), err))
			keep := filepath.Join(os.TempDir(), fmt.Sprintf("faults-wrong-%d-%s", tr.seed, filepath.Base(f)))
			_ = os.WriteFile(keep, b, 0o600)
		}
		tr.pictures++
	}
}

// lookForLeaks runs when all processes have ended. What only prism itself can remove, which was killed, the next start removes.
func (tr *trial) lookForLeaks() {
	// A process is a zombie already while its other threads still end, and with them its memory and descriptors.
	var left []string
	poll(2*time.Second, func() bool {
		left = append(sharedMemory(tr.T, tr.seen), sockets(tr.T, tr.dir)...)
		return len(left) == 0
	})
	tr.leaks = append(tr.leaks, left...)
	if files, _ := filepath.Glob("/dev/shm/*prism*"); len(files) > 0 {
		tr.leaks = append(tr.leaks, files...)
	}
	if (tr.target == kindRun || tr.target == kindAll) && !tr.missed {
		// Something that starts an X server and makes temporary files, and fails then.
		next := tr.w.start(tr.T, filepath.Join(tr.dir, "next"), tr.mark, "env", "TMPDIR="+filepath.Join(tr.dir, "tmp"),
			tr.w.bin, "run", "--nats", "nats://127.0.0.1:9", "--", "true")
		next.wait(tr.T, time.Minute)
		if code := next.ProcessState.ExitCode(); code != 1 {
			tr.setback = append(tr.setback, fmt.Sprintf("the next start ended with %d: %s", code, read(next.errOut)))
		}
	}
	for _, d := range []string{"tmp", "xdg"} {
		tr.leaks = append(tr.leaks, below(filepath.Join(tr.dir, d))...)
	}
	half, _ := filepath.Glob(filepath.Join(tr.dir, "out", ".*"))
	tr.leaks = append(tr.leaks, half...)
	for _, f := range tr.x {
		if exists(f) && !tr.othersX(f) {
			tr.leaks = append(tr.leaks, f)
		}
	}
}

// othersX tells whether another server has taken the display's number since.
func (tr *trial) othersX(file string) bool {
	number := strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), ".X"), "-lock"), "X")
	b, err := os.ReadFile("/tmp/.X" + number + "-lock")
	if err != nil {
		return false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	return err == nil && !tr.seen[pid] && alive(pid)
}

// cluster looks whether the nodes that are left are free for the next run.
func (tr *trial) cluster() {
	for name, n := range tr.w.nodes {
		if n.ended() && tr.target != kindAgent {
			tr.setback = append(tr.setback, fmt.Sprintf("node %s ended with %v\n%s", name, n.ProcessState, read(n.errOut)))
		}
	}
	if tr.target == kindAgent && tr.signal == syscall.SIGKILL {
		return // the next trial starts it again
	}
	if tr.target == kindNATS && tr.signal == syscall.SIGKILL && !tr.missed {
		<-tr.w.nats.done
		tr.w.cluster(tr.T)
		return
	}
	if said := tr.w.free(tr.T, 10*time.Second); said != "" {
		tr.leaks = append(tr.leaks, said)
	}
}
