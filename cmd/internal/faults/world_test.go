package faults

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// world is what trials share: what make build made, the app, the right pictures, and an outside NATS with two nodes.
type world struct {
	dir, bin, app string
	right         map[string][period][sha256.Size]byte // by mode

	// The outside cluster; "" and nil until it is needed.
	url, secret, conf string
	mark              string
	nats              *child
	nodes             map[string]*child
}

// period of the app's pictures.
const period = 24

var nodeNames = []string{"left", "right"}

// child is a process that runs beside the test.
type child struct {
	*exec.Cmd
	out, errOut string // files
	done        chan struct{}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	// Not t.TempDir: its path is too long for sockets.
	dir, err := os.MkdirTemp("/tmp", "faults-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	w := &world{dir: dir, bin: filepath.Join(root, "bin", "prism"), app: filepath.Join(dir, "faultapp"), mark: filepath.Base(dir) + "-base", nodes: map[string]*child{}}
	t.Cleanup(w.end)
	if _, err := os.Stat(w.bin); err != nil {
		t.Fatal("bin/prism is missing: run make build first")
	}
	if b, err := exec.Command("cc", "-O1", "-o", w.app, "testdata/faultapp.c", "-lGL", "-lX11").CombinedOutput(); err != nil {
		t.Fatalf("compile testdata/faultapp.c: %v\n%s", err, b)
	}
	w.right = map[string][period][sha256.Size]byte{}
	for _, mode := range []string{"steady", "upload", "resize"} {
		w.right[mode] = w.undisturbed(t, mode)
	}
	return w
}

// undisturbed runs the app to its end and gives the pictures of one period.
func (w *world) undisturbed(t *testing.T, mode string) (sums [period][sha256.Size]byte) {
	t.Helper()
	dir := filepath.Join(w.dir, "right-"+mode)
	p := w.start(t, dir, mode, w.bin, "run", "--nodes", "2", "--out", "png:"+filepath.Join(dir, "out"), "--", w.app, mode, fmt.Sprint(period))
	p.wait(t, time.Minute)
	if code := p.ProcessState.ExitCode(); code != 0 {
		t.Fatalf("the undisturbed run ends with %d\n%s", code, read(p.errOut))
	}
	different := map[[sha256.Size]byte]bool{}
	for i := range sums {
		b, err := os.ReadFile(filepath.Join(dir, "out", picture(i+1)))
		if err != nil {
			t.Fatal(err)
		}
		sums[i] = sha256.Sum256(b)
		different[sums[i]] = true
	}
	if len(different) != period {
		t.Fatalf("%s: %d of %d pictures are different: a wrong one could pass", mode, len(different), period)
	}
	return sums
}

func picture(number int) string { return fmt.Sprintf("frame-%06d.png", number) }

// environ is what processes of a trial get: no display, temporary files below dir.
func environ(dir, mark string) []string {
	var env []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		switch {
		case strings.HasPrefix(name, "PRISM_"), name == "DISPLAY", name == "WAYLAND_DISPLAY", name == "XAUTHORITY", name == marker,
			name == "GOTRACEBACK": // of go test
		default:
			env = append(env, kv)
		}
	}
	return append(env, "TMPDIR="+filepath.Join(dir, "tmp"), "XDG_RUNTIME_DIR="+filepath.Join(dir, "xdg"), marker+"="+mark)
}

// start starts a program in a session of its own, with files in dir for what it says.
func (w *world) start(t *testing.T, dir, mark, name string, args ...string) *child {
	t.Helper()
	for _, d := range []string{"tmp", "xdg"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c := &child{Cmd: exec.Command(name, args...), out: filepath.Join(dir, "stdout"), errOut: filepath.Join(dir, "stderr"), done: make(chan struct{})}
	c.Env = environ(dir, mark)
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := os.Create(c.out)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	errOut, err := os.Create(c.errOut)
	if err != nil {
		t.Fatal(err)
	}
	defer errOut.Close()
	c.Stdout, c.Stderr = out, errOut
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.done)
		_ = c.Wait()
	}()
	return c
}

func (c *child) wait(t *testing.T, limit time.Duration) {
	t.Helper()
	select {
	case <-c.done:
	case <-time.After(limit):
		_ = kill(c.Process.Pid, syscall.SIGKILL)
		t.Fatalf("%s has not ended in %v\n%s", strings.Join(c.Args, " "), limit, read(c.errOut))
	}
}

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

func read(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// cluster starts what is not running of the outside NATS and its nodes, and waits until both nodes are there and free.
func (w *world) cluster(t *testing.T) {
	t.Helper()
	if w.url == "" {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := free.Addr().String()
		free.Close()
		w.url, w.secret, w.conf = "nats://"+addr, filepath.Join(w.dir, "secret"), filepath.Join(w.dir, "nats.conf")
		for file, text := range map[string]string{
			w.secret: "prism:open sesame\n",
			w.conf: fmt.Sprintf("listen: %q\nauthorization { user: prism, password: \"open sesame\" }\njetstream { store_dir: %q }\n",
				addr, filepath.Join(w.dir, "js")),
		} {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if w.nats == nil || w.nats.ended() {
		w.nats = w.start(t, filepath.Join(w.dir, "nats"), w.mark, "nats-server", "-c", w.conf)
		if !poll(10*time.Second, func() bool {
			c, err := net.Dial("tcp", strings.TrimPrefix(w.url, "nats://"))
			if err == nil {
				c.Close()
			}
			return err == nil
		}) {
			t.Fatalf("nats-server does not answer\n%s", read(w.nats.errOut))
		}
	}
	for _, name := range nodeNames {
		if n := w.nodes[name]; n == nil || n.ended() {
			w.nodes[name] = w.start(t, filepath.Join(w.dir, "node-"+name), w.mark, w.bin, "node", "--nats", w.url, "--nats-secret", w.secret, "--name", name)
		}
	}
	if said := w.free(t, 30*time.Second); said != "" {
		for _, name := range nodeNames {
			t.Logf("node %s says:\n%s", name, read(w.nodes[name].errOut))
		}
		t.Fatalf("the nodes are not ready: %s", said)
	}
}

// free waits until both nodes are listed without sessions; else it says what is.
func (w *world) free(t *testing.T, limit time.Duration) (said string) {
	t.Helper()
	poll(limit, func() bool {
		cmd := exec.Command(w.bin, "nodes", "--json", "--nats", w.url, "--nats-secret", w.secret)
		cmd.Env = environ(w.dir, w.mark)
		var out, errOut bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errOut
		err := cmd.Run()
		var list struct {
			Nodes []struct {
				Name          string
				Sessions, PID int
			}
		}
		if err == nil {
			err = json.Unmarshal(out.Bytes(), &list)
		}
		if err != nil {
			said = fmt.Sprintf("%v: %s", err, errOut.String())
			return false
		}
		said = ""
		if len(list.Nodes) != len(nodeNames) {
			said = fmt.Sprintf("%d nodes are listed: %s", len(list.Nodes), out.String())
		}
		for _, n := range list.Nodes {
			if n.Sessions != 0 || w.nodes[n.Name] == nil || n.PID != w.nodes[n.Name].Process.Pid {
				said = "nodes are listed wrongly: " + out.String()
			}
		}
		return said == ""
	})
	return said
}

// end ends the outside cluster.
func (w *world) end() {
	for _, n := range w.nodes {
		_ = kill(n.Process.Pid, syscall.SIGKILL)
		<-n.done
	}
	if w.nats != nil {
		_ = kill(w.nats.Process.Pid, syscall.SIGKILL)
		<-w.nats.done
	}
}
