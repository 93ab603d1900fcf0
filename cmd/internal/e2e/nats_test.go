package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// outside is a NATS server as Debian has it, with JetStream and a password.
type outside struct {
	url, secret, wrong string
	more               []string // flags that are needed to reach it
	server             *process
	addr, conf, store  string
}

// flags are what every verb is given.
func (o outside) flags(verb string) []string {
	return append([]string{verb, "--nats", o.url, "--nats-secret", o.secret}, o.more...)
}

// process is one that runs beside the test and ends with it at the latest.
type process struct {
	*exec.Cmd
	out, errOut lockedBuffer
	done        chan struct{}
}

func start(t *testing.T, name string, args ...string) *process {
	t.Helper()
	return startIn(t, "", name, args...)
}

// startIn starts a process in a folder.
func startIn(t *testing.T, dir, name string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(name, args...), done: make(chan struct{})}
	p.Dir = dir
	p.Env = append(os.Environ(), "DISPLAY="+display)
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.Stdout, p.Stderr = &p.out, &p.errOut
	p.WaitDelay = 5 * time.Second
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.Wait()
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-p.Process.Pid, syscall.SIGKILL)
		<-p.done
	})
	return p
}

// ended waits for the process's end and gives its exit status; a signal is -1.
func (p *process) ended(t *testing.T, limit time.Duration) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(limit):
		t.Fatalf("%s has not ended in %v\nstderr: %s", strings.Join(p.Args, " "), limit, tail(p.errOut.String()))
	}
	return p.ProcessState.ExitCode()
}

func eventually(t *testing.T, what string, limit time.Duration, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for until := time.Now().Add(limit); !ok(); <-tick.C {
		if time.Now().After(until) {
			t.Fatalf("%s: not within %v", what, limit)
		}
	}
}

// freeAddr gives an address of this host where nobody listens just now.
func freeAddr(t *testing.T, host string) string {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func startOutside(t *testing.T) outside { return startOutsideAt(t, "127.0.0.1") }

func startOutsideAt(t *testing.T, host string) outside {
	t.Helper()
	dir := t.TempDir()
	addr := freeAddr(t, host)
	o := outside{
		url: "nats://" + addr, secret: filepath.Join(dir, "secret"), wrong: filepath.Join(dir, "wrong"),
		addr: addr, conf: filepath.Join(dir, "nats.conf"), store: filepath.Join(dir, "js"),
	}
	for file, text := range map[string]string{
		o.secret: "prism:open sesame\n",
		o.wrong:  "prism:open barley\n",
		o.conf: fmt.Sprintf("listen: %q\nauthorization { user: prism, password: \"open sesame\" }\njetstream { store_dir: %q }\n",
			addr, o.store),
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.startServer(t)
	return o
}

func (o *outside) startServer(t *testing.T) {
	t.Helper()
	o.server = start(t, "nats-server", "-c", o.conf)
	listening(t, o.addr)
}

// listening waits until a server takes connections.
func listening(t *testing.T, addr string) {
	t.Helper()
	eventually(t, "nats-server answers at "+addr, 20*time.Second, func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// prism runs a verb at this server.
func (o outside) prism(t *testing.T, limit time.Duration, verb string, args ...string) result {
	t.Helper()
	return prism(t, limit, append(o.flags(verb), args...)...)
}

func (o outside) node(t *testing.T, name string, args ...string) *process {
	t.Helper()
	p := start(t, filepath.Join(binDir, "prism"),
		slices.Concat(o.flags("node"), []string{"--name", name}, args)...)
	eventually(t, "node "+name+" is ready", 30*time.Second, func() bool {
		return strings.Contains(p.errOut.String(), "node "+name+" is ready")
	})
	return p
}

// wants checks the exit status, and that stderr is one line that says each of the words.
func (r result) wants(t *testing.T, what string, code int, words ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("%s: exit status %d, want %d", what, r.code, code)
	}
	lines := strings.Split(strings.TrimSpace(r.errOut), "\n")
	if len(lines) != 1 || slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(lines[0], w) }) {
		t.Errorf("%s: stderr has not one line with %q:\n%s", what, words, tail(r.errOut))
	}
}

func TestNATSOutside(t *testing.T) {
	need(t, "nats-server")
	o := startOutside(t)
	app := []string{"--", glxapp, "plain", "6", "-"}

	prism(t, 20*time.Second, "nodes", "--nats", o.url, "--nats-secret", o.wrong).wants(t, "wrong secret", 1, o.url, "does not accept this secret")
	prism(t, 20*time.Second, "nodes", "--nats", o.url).wants(t, "no secret", 1, o.url, "wants a secret")
	o.prism(t, 20*time.Second, "run", app...).wants(t, "no nodes", 1, "no render nodes at "+o.url, "prism node --nats")
	prism(t, 20*time.Second, "nodes", "--nats", "nats://127.0.0.1:1").wants(t, "no server", 1, "127.0.0.1:1", "no server answers")
	if err := os.Chmod(o.wrong, 0o644); err != nil {
		t.Fatal(err)
	}
	prism(t, 20*time.Second, "nodes", "--nats", o.url, "--nats-secret", o.wrong).wants(t, "open secret file", 3, o.wrong, "0600")

	left := o.node(t, "left", "--label", "room=cave", "--label", "eye=l")
	early := start(t, filepath.Join(binDir, "prism"), append(o.flags("run"), append([]string{"-v", "--nodes", "2"}, app...)...)...)
	eventually(t, "the run looks for nodes", 10*time.Second, func() bool { return strings.Contains(early.errOut.String(), "fewer nodes than wanted") })
	o.node(t, "right", "--label", "room=hall")
	if code := early.ended(t, time.Minute); code != 0 {
		t.Errorf("a run that was there before its second node: exit status %d\n%s", code, tail(early.errOut.String()))
	}

	t.Run("Nodes", func(t *testing.T) {
		lines := strings.Split(strings.TrimSpace(must(t, o.prism(t, 20*time.Second, "nodes"), "nodes").out), "\n")
		if len(lines) != 3 || !strings.HasPrefix(lines[0], "NAME ") || !strings.HasPrefix(lines[1], "left ") ||
			!strings.Contains(lines[1], "eye=l,room=cave") || !strings.HasPrefix(lines[2], "right ") || !strings.Contains(lines[2], "room=hall") {
			t.Errorf("the table is\n%s", strings.Join(lines, "\n"))
		}
		var list struct {
			Nodes []struct {
				Name, Renderer string
				Labels         map[string]string
				PID            int
			}
		}
		if err := json.Unmarshal([]byte(must(t, o.prism(t, 20*time.Second, "nodes", "--json"), "nodes --json").out), &list); err != nil {
			t.Fatal(err)
		}
		if n := list.Nodes; len(n) != 2 || n[0].Name != "left" || n[0].Labels["room"] != "cave" || n[0].PID != left.Process.Pid ||
			n[0].Renderer == "" || n[1].Labels["room"] != "hall" {
			t.Errorf("got %+v", list)
		}
	})
	t.Run("NameTaken", func(t *testing.T) {
		o.prism(t, 20*time.Second, "node", "--name", "left").wants(t, "second left", 1, "left", "is there already")
	})
	t.Run("TooManyWanted", func(t *testing.T) {
		o.prism(t, 20*time.Second, "run", append([]string{"--nodes", "3"}, app...)...).wants(t, "three nodes", 1, "3 nodes are wanted", "left right")
	})
	t.Run("Run", func(t *testing.T) {
		direct, got := t.TempDir(), t.TempDir()
		mesaAlone(t, time.Minute, nil, glxapp, "plain", "6", direct+"/f")
		r := must(t, o.prism(t, time.Minute, "run", "--nodes", "2", "--grid", "2x2", "--stats", "--json", "--", glxapp, "plain", "6", got+"/f"), "run")
		samePictures(t, direct, got, 6)
		for _, want := range []string{`"name":"left"`, `"name":"right"`, `"frames":6`} {
			if !strings.Contains(r.out, want) {
				t.Errorf("the figures have no %s:\n%s", want, tail(r.out))
			}
		}
	})
	t.Run("Verify", func(t *testing.T) {
		r := must(t, o.prism(t, 2*time.Minute, "verify", "--nodes", "2", "--grid", "3x2", "--", glxapp, "plain", "6", "-"), "verify")
		if !strings.Contains(r.out, "6 frames are equal") {
			t.Errorf("it said %s", tail(r.out))
		}
	})
	t.Run("Interrupted", func(t *testing.T) {
		if err := left.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if code := left.ended(t, 10*time.Second); code != 0 {
			t.Errorf("the node ended with %d\n%s", code, tail(left.errOut.String()))
		}
		if r := must(t, o.prism(t, 20*time.Second, "nodes"), "nodes"); strings.Contains(r.out, "left") {
			t.Errorf("a node that has ended is still listed:\n%s", r.out)
		}
	})
}

// TestNATSNodeKilled: a node that is killed in the middle of a run ends it with one message; nothing hangs and nothing is left.
func TestNATSNodeKilled(t *testing.T) {
	need(t, "nats-server")
	o := startOutside(t)
	o.node(t, "left")
	right := o.node(t, "right")
	pictures := t.TempDir()
	// With its contexts lost the app draws its last frames for nobody and ends by itself with 0; the run must fail all the same.
	p := start(t, filepath.Join(binDir, "prism"), "run", "--nats", o.url, "--nats-secret", o.secret, "--nodes", "2", "--out", "png:"+pictures,
		"--", glxapp, "lost", "150", "-")
	eventually(t, "pictures come", time.Minute, func() bool {
		got, _ := filepath.Glob(filepath.Join(pictures, "frame-*.png"))
		return len(got) >= 3
	})
	worker := started(right.Process.Pid)
	if len(worker) != 1 {
		t.Fatalf("the node has the processes %v, want one worker", worker)
	}
	if err := right.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if code := p.ended(t, time.Minute); code != 1 {
		t.Errorf("prism run ended with %d, want 1", code)
	}
	var said []string
	for line := range strings.Lines(p.errOut.String()) {
		if strings.Contains(line, "right") {
			said = append(said, line)
		}
	}
	if len(said) != 1 || !strings.HasPrefix(said[0], "prism: ") || !strings.Contains(said[0], "gone") {
		t.Errorf("not one message about the node:\n%s", tail(p.errOut.String()))
	}
	eventually(t, "the killed node's worker ends", 10*time.Second, func() bool { return syscall.Kill(worker[0], 0) != nil })
	eventually(t, "the run's processes end", 10*time.Second, func() bool { return syscall.Kill(-p.Process.Pid, 0) != nil })
	eventually(t, "the dead node leaves the list", 20*time.Second, func() bool {
		r := must(t, o.prism(t, 20*time.Second, "nodes"), "nodes")
		return strings.Contains(r.out, "left") && !strings.Contains(r.out, "right")
	})
	must(t, o.prism(t, time.Minute, "run", "--nodes", "1", "--", glxapp, "plain", "3", "-"), "a run on the node that is left")
}
