package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prismgl/prism/cmd/internal/netlab"
)

// hosts are machines with addresses of their own: a NATS server alone on one, a render node on each of two, and one where
// applications are run. X's socket is a file and reaches all.
type hosts struct {
	server, head, left, right *netlab.Host
	url, secret               string
	nats, leftNode, rightNode *process
}

// everyRun is what is added to each `prism run` on these hosts; change it to try something on all scenarios at once.
var everyRun = struct{ args, env []string }{env: []string{"PRISM_LANES=nats"}} // these hosts share one kernel

// startHosts makes the hosts, the server and the nodes. The link is that of head, left and right; the server has none to speak of.
func startHosts(t *testing.T, link netlab.Link) *hosts {
	t.Helper()
	need(t, "nats-server")
	l, err := netlab.New(1)
	if errors.Is(err, netlab.ErrUnsupported) {
		netlab.Missing(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	add := func(name string, k netlab.Link) *netlab.Host {
		h, err := l.Host(name, k)
		if errors.Is(err, netlab.ErrUnsupported) {
			netlab.Missing(t, err)
		}
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := &hosts{server: add("between", netlab.Link{}), head: add("head", link), left: add("left", link), right: add("right", link)}
	dir := t.TempDir()
	h.url, h.secret = fmt.Sprintf("nats://%v:4222", h.server.Addr), filepath.Join(dir, "secret")
	conf := filepath.Join(dir, "nats.conf")
	for file, text := range map[string]string{
		h.secret: "prism:open sesame\n",
		conf: fmt.Sprintf("listen: \"%v:4222\"\nauthorization { user: prism, password: \"open sesame\" }\njetstream { store_dir: %q }\n",
			h.server.Addr, filepath.Join(dir, "js")),
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.nats = h.start(t, h.server, "nats-server", "-c", conf)
	eventually(t, "nats-server is ready", 20*time.Second, func() bool { return strings.Contains(h.nats.errOut.String(), "Server is ready") })
	h.leftNode, h.rightNode = h.node(t, h.left), h.node(t, h.right)
	for _, p := range []*process{h.leftNode, h.rightNode} {
		eventually(t, "a node is ready", time.Minute, func() bool {
			select {
			case <-p.done:
				t.Fatalf("a node has ended: %s", tail(p.errOut.String()))
			default:
			}
			return strings.Contains(p.errOut.String(), "is ready")
		})
	}
	return h
}

// start starts a program on a host.
func (h *hosts) start(t *testing.T, on *netlab.Host, name string, args ...string) *process {
	t.Helper()
	argv := on.Command(name, args...)
	return start(t, argv[0], argv[1:]...)
}

func (h *hosts) node(t *testing.T, on *netlab.Host) *process {
	t.Helper()
	return h.start(t, on, filepath.Join(binDir, "prism"), "node", "--nats", h.url, "--nats-secret", h.secret, "--name", on.Name)
}

// prism starts a verb on head; its stdout goes to a file.
func (h *hosts) prism(t *testing.T, verb string, args ...string) (p *process, stdout string) {
	t.Helper()
	stdout = filepath.Join(t.TempDir(), "stdout")
	env := append([]string{"env"}, everyRun.env...)
	argv := h.head.Command("sh", slices.Concat([]string{"-c", `out=$0; exec "$@" >"$out"`, stdout}, env,
		[]string{filepath.Join(binDir, "prism"), verb, "--nats", h.url, "--nats-secret", h.secret}, everyRun.args, args)...)
	return start(t, argv[0], argv[1:]...), stdout
}

// links are the three that a scenario is about.
func (h *hosts) links() []*netlab.Host { return []*netlab.Host{h.head, h.left, h.right} }

// peaks follows the resident memory of processes, with those that they start, by the highest that the kernel has noted.
type peaks struct {
	roots map[string]int
	stop  chan struct{}
	done  sync.WaitGroup
	mu    sync.Mutex
	most  map[string]uint64 // bytes, by the root's name; of what it has started with " worker" behind
}

func follow(roots map[string]int) *peaks {
	p := &peaks{roots: roots, stop: make(chan struct{}), most: map[string]uint64{}}
	p.done.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			p.look()
			select {
			case <-tick.C:
			case <-p.stop:
				return
			}
		}
	})
	return p
}

func (p *peaks) end() map[string]uint64 {
	close(p.stop)
	p.done.Wait()
	return p.most
}

func (p *peaks) look() {
	for name, pid := range p.roots {
		p.note(name, pid)
		for _, c := range started(pid) {
			if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", c)); err == nil && strings.HasSuffix(strings.TrimRight(string(b), "\x00"), "\x00worker") {
				p.note(name+" worker", c)
			}
		}
	}
}

var highWater = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB`)

func (p *peaks) note(name string, pid int) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return // it has ended
	}
	if m := highWater.FindSubmatch(b); m != nil {
		if kb, err := strconv.ParseUint(string(m[1]), 10, 64); err == nil {
			p.mu.Lock()
			p.most[name] = max(p.most[name], kb<<10)
			p.mu.Unlock()
		}
	}
}

// started gives the processes that one has started and that are still there.
func started(pid int) (list []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // the pattern is right
	for _, f := range tasks {
		b, err := os.ReadFile(f)
		if err != nil {
			continue // a thread that has just ended
		}
		for _, s := range strings.Fields(string(b)) {
			if n, err := strconv.Atoi(s); err == nil {
				list = append(list, n)
			}
		}
	}
	return list
}

// running gives the processes on a host.
func running(t *testing.T, on *netlab.Host) []string {
	t.Helper()
	argv := on.Command("true")
	b, err := exec.Command("ip", "netns", "pids", argv[3]).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(b))
}
