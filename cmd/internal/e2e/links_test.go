package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/prismgl/prism/cmd/internal/netlab"
	"github.com/prismgl/prism/nodes/session"
)

// A link of these tests is that of head and of each node, both ways; the server between has a perfect one. So with 25 ms a packet
// takes 50 ms from the application's host to a node, and a question and its answer 100 ms.
const (
	delay50 = 25 * time.Millisecond
	rate20  = 20_000_000
	// A connection of these hosts, whosoever, is cut with this probability in each cutEvery; each packet is lost with the same.
	onePercent = 0.01
	cutEvery   = 100 * time.Millisecond
)

type scenario struct {
	name  string
	link  netlab.Link
	cuts  bool          // connections are cut at random, and one for certain
	pause time.Duration // the links of all three go down in mid-run for so long
	right bool          // only the link of right is such: what the app uploads takes longer than a NATS server gives a client
	long  bool          // only in `make links`
}

var scenarios = []scenario{
	{name: "plain"},
	{name: "50 ms", link: netlab.Link{Delay: delay50}, long: true},
	{name: "20 Mbit", link: netlab.Link{BitsPerSecond: rate20}, long: true},
	{name: "8 Mbit to one node", link: netlab.Link{BitsPerSecond: 8_000_000}, right: true, long: true},
	{name: "1 % loss", link: netlab.Link{Loss: onePercent}, cuts: true, long: true},
	{name: "all three", link: netlab.Link{Delay: delay50, BitsPerSecond: rate20, Loss: onePercent}, cuts: true},
	{name: "away for 2 s", link: netlab.Link{Delay: delay50 / 5}, pause: 2 * time.Second},
}

// linkApp is an application that these tests run: directly it writes pictures to the folder put behind its words; under prism it
// does so too (reads: a round trip a frame), or the output does.
type linkApp struct {
	name   string
	frames int
	args   func(frames int, dir string) []string // dir "": without pictures
	reads  bool
}

func linkApps(long bool) []linkApp {
	frames := map[bool]int{false: 8, true: 60}[long]
	city := func(frames int, dir string) []string {
		args := []string{filepath.Join(binDir, "samples/city"), "--frames", fmt.Sprint(frames), "--size", "480x270", "--seed", "7", "--blocks", "10", "--fps-free"}
		if dir != "" {
			args = append(args, "--png", dir)
		}
		return args
	}
	return []linkApp{
		{name: "city", frames: frames, args: city},
		{name: "glxapp, reads", frames: frames, reads: true, args: func(frames int, dir string) []string {
			return []string{glxapp, "plain", fmt.Sprint(frames), dir + "/f"}
		}},
	}
}

// figures of one run.
type figures struct {
	scenario, app string
	stats         session.Stats
	rawBytes      uint64 // of the pieces before they are compressed
	cuts          int
	lost, wire    uint64 // packets and bytes of the three links
	most          map[string]uint64
}

// TestLinks: on links with delay, a rate, loss and cuts the pictures are those of Mesa alone, memory keeps in bounds, and NATS cuts
// nobody off. `make links` runs it long and writes the figures.
func TestLinks(t *testing.T) {
	need(t, "nats-server")
	long := os.Getenv("PRISM_LINKS") != ""
	apps := linkApps(long)
	direct := map[string]string{}
	for _, a := range apps {
		direct[a.name] = t.TempDir()
		argv := a.args(a.frames, direct[a.name])
		must(t, run(t, time.Minute, argv[0], argv[1:]...), a.name+" directly")
	}
	var all []figures
	plain := map[string]map[string]uint64{} // memory by app on perfect links
	for _, s := range scenarios {
		if s.long && !long {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			h := startHosts(t, s.link)
			if s.right {
				h.head.Set(netlab.Link{})
				h.left.Set(netlab.Link{})
			}
			for _, a := range apps {
				if s.pause > 0 && a.reads && !long {
					continue
				}
				t.Run(a.name, func(t *testing.T) {
					f := h.play(t, s, a, direct[a.name])
					if s.name == "plain" {
						plain[a.name] = f.most
					}
					bounded(t, plain[a.name], f.most)
					all = append(all, f)
				})
			}
			if long {
				p, stdout := h.prism(t, "verify", "--nodes", "2", "--grid", "2x2", "--frames", "20", "--", "glxgears")
				code := p.ended(t, 3*time.Minute)
				if b, err := os.ReadFile(stdout); err != nil || code != 0 || !strings.Contains(string(b), "20 frames are equal") {
					t.Errorf("verify of glxgears: exit status %d, %v\n%s%s", code, err, b, tail(p.errOut.String()))
				}
			}
			// The server's own word for a client that it has thrown out for being slow.
			if strings.Contains(h.nats.errOut.String(), "Slow Consumer") {
				t.Errorf("the server cut somebody off:\n%s", tail(h.nats.errOut.String()))
			}
		})
	}
	table := linksTable(all)
	t.Log("\n" + table)
	if out := os.Getenv("PRISM_LINKS"); out != "" && out != "1" {
		if err := os.WriteFile(out, []byte(table), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// play runs an app on the hosts while the links do what the scenario says, and checks its pictures.
func (h *hosts) play(t *testing.T, s scenario, a linkApp, direct string) figures {
	t.Helper()
	got := t.TempDir()
	args := []string{"--nodes", "2", "--grid", "2x2", "--stats", "--json"}
	if a.reads {
		args = slices.Concat(args, []string{"--out", "null", "--"}, a.args(a.frames, got))
	} else {
		args = slices.Concat(args, []string{"--out", "png:" + got, "--"}, a.args(a.frames, ""))
	}
	before := h.wire()
	p, stdout := h.prism(t, "run", args...)
	watch := follow(map[string]int{"run": p.Process.Pid, "left": h.leftNode.Process.Pid, "right": h.rightNode.Process.Pid, "server": h.nats.Process.Pid})
	stopped := make(chan struct{})
	cuts := make(chan int, 1)
	if s.cuts {
		go func() { cuts <- h.cutAtRandom(stopped) }()
	} else {
		cuts <- 0
	}
	limit := 3 * time.Minute
	if s.pause > 0 || s.cuts {
		eventually(t, "pictures come", limit, func() bool {
			files, _ := filepath.Glob(got + "/*") // the pattern is right
			return len(files) >= 2
		})
		if s.cuts {
			if n := h.head.Cut(1, rand.New(rand.NewPCG(1, 1))) + h.left.Cut(1, rand.New(rand.NewPCG(1, 1))); n == 0 {
				t.Error("nothing could be cut")
			}
		}
		if s.pause > 0 {
			down := s.link
			down.Down = true
			for _, on := range h.links() {
				on.Set(down)
			}
			over := time.NewTimer(s.pause)
			<-over.C
			for _, on := range h.links() {
				on.Set(s.link)
			}
		}
	}
	code := p.ended(t, limit)
	close(stopped)
	f := figures{scenario: s.name, app: a.name, cuts: <-cuts, most: watch.end()}
	out, err := os.ReadFile(stdout)
	if err != nil {
		t.Fatal(err)
	}
	if code != 0 {
		t.Fatalf("exit status %d\nstdout: %s\nstderr: %s", code, tail(string(out)), tail(p.errOut.String()))
	}
	if strings.Contains(p.errOut.String(), "slow consumer") {
		t.Errorf("the client has lost messages:\n%s", tail(p.errOut.String()))
	}
	if a.reads {
		samePictures(t, direct, got, a.frames)
	} else {
		shownPictures(t, direct, got, a.frames)
	}
	var report struct {
		Sessions []session.Stats `json:"sessions"`
	}
	if err := json.Unmarshal([]byte(lastLine(string(out))), &report); err != nil || len(report.Sessions) != 1 {
		t.Fatalf("--stats --json: %v\n%s", err, tail(string(out)))
	}
	f.stats = report.Sessions[0]
	for _, n := range f.stats.Nodes {
		for _, r := range n.Tiles {
			f.rawBytes += uint64(r.W*r.H*4) * f.stats.Frames
		}
	}
	after := h.wire()
	f.lost, f.wire = after.UpLost-before.UpLost, after.UpBytes-before.UpBytes
	if s.cuts && f.cuts == 0 {
		f.cuts = 1 // the certain one
	}
	return f
}

// wire sums both ways of the three links into the up figures.
func (h *hosts) wire() (sum netlab.Figures) {
	for _, on := range h.links() {
		f := on.Figures()
		sum.UpBytes += f.UpBytes + f.DownBytes
		sum.UpLost += f.UpLost + f.DownLost
	}
	return sum
}

// cutAtRandom cuts connections until stop is closed, by the same dice in each run.
func (h *hosts) cutAtRandom(stop <-chan struct{}) (n int) {
	dice := rand.New(rand.NewPCG(3, 5))
	tick := time.NewTicker(cutEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return n
		case <-tick.C:
			for _, on := range h.links() {
				n += on.Cut(onePercent, dice)
			}
		}
	}
}

// TestLinkCutForGood: a link that does not come back ends the run with one message, and nothing is left on any host; when it is
// there again, so is the node.
func TestLinkCutForGood(t *testing.T) {
	for _, tt := range []struct {
		name  string
		which func(*hosts) *netlab.Host
		say   string
	}{
		{"Node", func(h *hosts) *netlab.Host { return h.right }, "right"},
		{"Head", func(h *hosts) *netlab.Host { return h.head }, "server"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := startHosts(t, netlab.Link{Delay: time.Millisecond})
			got := t.TempDir()
			p, _ := h.prism(t, "run", "--nodes", "2", "--out", "png:"+got, "--", glxapp, "lost", "100000", "-")
			eventually(t, "pictures come", time.Minute, func() bool {
				files, _ := filepath.Glob(got + "/*") // the pattern is right
				return len(files) >= 3
			})
			cut := tt.which(h)
			cut.Set(netlab.Link{Down: true})
			began := time.Now()
			said := func() (lines []string) {
				for line := range strings.Lines(p.errOut.String()) {
					if strings.HasPrefix(line, "prism: ") && strings.Contains(line, tt.say) {
						lines = append(lines, line)
					}
				}
				return lines
			}
			eventually(t, "the run says why it is over", 40*time.Second, func() bool { return len(said()) > 0 })
			t.Logf("after %.1f s: %s", time.Since(began).Seconds(), said()[0])
			if code := p.ended(t, 20*time.Second); code != 1 { // the app, which would draw on for nobody, is ended
				t.Errorf("the run ended with %d, want 1", code)
			}
			if lines := said(); len(lines) != 1 {
				t.Errorf("not one message:\n%s", tail(p.errOut.String()))
			}
			eventually(t, "nothing of the run is left", 10*time.Second, func() bool { return len(running(t, h.head)) == 0 })
			for _, node := range []*process{h.leftNode, h.rightNode} {
				eventually(t, "no worker is left", 40*time.Second, func() bool { return len(started(node.Process.Pid)) == 0 })
			}
			t.Logf("all processes of the run have ended after %.1f s", time.Since(began).Seconds())
			cut.Set(netlab.Link{})
			eventually(t, "both nodes are there again", time.Minute, func() bool {
				p, stdout := h.prism(t, "nodes")
				code := p.ended(t, 30*time.Second)
				b, err := os.ReadFile(stdout)
				return err == nil && code == 0 && bytes.Contains(b, []byte("left")) && bytes.Contains(b, []byte("right"))
			})
			p, _ = h.prism(t, "run", "--nodes", "2", "--out", "null", "--", glxapp, "plain", "3", "-")
			if code := p.ended(t, time.Minute); code != 0 {
				t.Errorf("a run afterwards ended with %d\n%s", code, tail(p.errOut.String()))
			}
		})
	}
}

// shownPictures compares what the output wrote, by its order, with what the app wrote directly.
func shownPictures(t *testing.T, direct, got string, frames int) {
	t.Helper()
	rename := func(dir string) string {
		to := t.TempDir()
		files, err := filepath.Glob(filepath.Join(dir, "*.png"))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(files)
		for i, f := range files[max(0, len(files)-frames):] {
			if err := os.Link(f, filepath.Join(to, fmt.Sprintf("%04d.png", i))); err != nil {
				t.Fatal(err)
			}
		}
		return to
	}
	samePictures(t, rename(direct), rename(got), frames)
}

// bounded compares the memory of each process with what it took on perfect links, where everything is drawn, too: a bad link may
// fill the windows (2 × 32 MiB of pieces or batches on their way), no more.
func bounded(t *testing.T, plain, got map[string]uint64) {
	t.Helper()
	const windows = 64 << 20
	if plain == nil {
		t.Log("memory is not compared: the plain scenario was not run")
		plain = got
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if base := plain[name]; base == 0 || got[name] > 2*base+windows {
			t.Errorf("%s took %d MB, and %d MB on perfect links", name, got[name]>>20, base>>20)
		}
	}
	for _, name := range []string{"run", "left worker", "right worker", "server"} {
		if got[name] == 0 {
			t.Errorf("nobody has seen the memory of %s", name)
		}
	}
}

func linksTable(all []figures) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Hosts are network namespaces; links are made in user space (no tc netem), on head and both nodes, both ways alike:\n"+
		"50 ms: %v each way on each link, so 50 ms from head to a node and 100 ms for a question with its answer; 20 Mbit: so much a second\n"+
		"on each link, queues of 256 KiB; 1 %% loss: each packet is lost with 1 %%, and each TCP connection is cut with 1 %% in each %v (and those of\n"+
		"head and one node once for certain). Two nodes, grid 2x2. Memory is VmHWM in MB.\n\n", delay50, cutEvery)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "links\tapp\tframes\tframes/s\tlatency ms\tsent MB\treceived MB\tpieces of raw\tlinks MB\tcuts\tlost packets\tresent\tcredit waits\tround trips\trun\tworkers\tnode\tserver\t")
	mb := func(n uint64) float64 { return float64(n) / 1e6 }
	for _, f := range all {
		s := &f.stats
		pieces := uint64(0)
		for _, n := range s.Nodes {
			pieces += n.PieceBytes
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%.1f\t%.0f\t%.2f\t%.2f\t%.3f\t%.1f\t%d\t%d\t%d\t%d\t%d\t%.0f\t%.0f\t%.0f\t%.0f\t\n",
			f.scenario, f.app, s.Frames, s.FramesPerSecond(), float64(s.Latency.Mean)/1e6, mb(s.SentBytes), mb(s.RecvBytes),
			float64(pieces)/float64(max(f.rawBytes, 1)), mb(f.wire), f.cuts, f.lost, s.Resent, s.CreditWaits, s.RoundTrips,
			mb(f.most["run"]), mb(max(f.most["left worker"], f.most["right worker"])), mb(max(f.most["left"], f.most["right"])), mb(f.most["server"]))
	}
	_ = w.Flush() // to memory
	return b.String()
}
