package launch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Xvfb is an X server without a screen, started because there was no display.
type Xvfb struct {
	Display string // ":99"
	stop    context.CancelFunc
	done    chan struct{}
	signal  syscall.Signal
}

const xvfbStart = 20 * time.Second

// ErrNoXvfb says that no display can be made.
var ErrNoXvfb = errors.New("launch: there is no display and no Xvfb to make one: install the package xvfb, or set DISPLAY")

// StartXvfb starts an Xvfb on a free display, with one screen of this size and 24 bits. It ends with ctx or Close.
func StartXvfb(ctx context.Context, width, height int) (*Xvfb, error) {
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		return nil, ErrNoXvfb
	}
	pr, pw, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("launch: %w", err)
	}
	defer pr.Close()
	ctx, stop := context.WithCancel(ctx)
	x := &Xvfb{stop: stop, done: make(chan struct{})}
	var said lastLines
	cmd := exec.CommandContext(ctx, path, "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height),
		"-nolisten", "tcp", "-noreset", "-ac", "+extension", "GLX")
	cmd.Env = StripEnv(os.Environ())
	cmd.ExtraFiles = []*os.File{pw}
	cmd.Stderr = &said
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 3 * time.Second
	// It must not outlive this process, and no Ctrl-C may end it while the app still draws.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
	sweepDisplays(xPlaces)
	waited, err := startAndWait(cmd)
	pw.Close()
	if err != nil {
		stop()
		return nil, fmt.Errorf("launch: Xvfb: %w", err)
	}
	go func() {
		defer close(x.done)
		_, x.signal, _ = exitStatus(cmd.ProcessState, <-waited)
		if ctx.Err() == nil || x.signal == syscall.SIGKILL {
			sweepDisplays(xPlaces) // it could not do so itself
		}
	}()
	_ = pr.SetReadDeadline(time.Now().Add(xvfbStart))
	unhook := context.AfterFunc(ctx, func() { _ = pr.SetReadDeadline(time.Now()) })
	line, err := bufio.NewReader(pr).ReadString('\n')
	unhook()
	n, convErr := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || convErr != nil {
		told := ctx.Err()
		_ = x.Close()
		why := strings.Join(strings.FieldsFunc(said.String(), func(r rune) bool { return r == '\n' }), " | ")
		switch {
		case told != nil:
			why = told.Error()
		case why == "", x.signal != 0 && x.signal != syscall.SIGTERM: // not ours
			why = x.Reason()
		}
		return nil, fmt.Errorf("launch: Xvfb gave no display: %s", why)
	}
	x.Display = ":" + strconv.Itoa(n)
	return x, nil
}

// Done is closed when the server has ended.
func (x *Xvfb) Done() <-chan struct{} { return x.done }

// Reason says how the server has ended. Valid after Done.
func (x *Xvfb) Reason() string {
	if x.signal != 0 {
		return "ended by a signal: " + x.signal.String()
	}
	return "it has ended"
}

// Close ends the server and waits for that.
func (x *Xvfb) Close() error {
	x.stop()
	<-x.done
	return nil
}

// lastLines keeps the end of what a process says.
type lastLines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf.Write(p)
	if over := l.buf.Len() - 4096; over > 0 {
		l.buf.Next(over)
	}
	return len(p), nil
}

func (l *lastLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// DisplayAlive tells whether an X server listens at display (as in DISPLAY). Whether it lets this user in is not asked.
func DisplayAlive(display string) bool {
	host, rest, ok := strings.Cut(display, ":")
	if !ok {
		return false
	}
	if i := strings.LastIndexByte(display, ':'); i >= 0 { // [::1]:0
		host, rest = display[:i], display[i+1:]
	}
	num, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(num)
	if err != nil || n < 0 || n > 65535-6000 {
		return false
	}
	d := net.Dialer{Timeout: 2 * time.Second}
	try := func(network, addr string) bool {
		c, err := d.Dial(network, addr)
		if err != nil {
			return false
		}
		return c.Close() == nil
	}
	switch {
	case host == "" || host == "unix":
		path := "/tmp/.X11-unix/X" + num
		return try("unix", path) || try("unix", "@"+path)
	case strings.HasPrefix(host, "/"):
		return try("unix", display)
	}
	return try("tcp", net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(6000+n)))
}
