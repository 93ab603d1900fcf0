package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prismgl/prism/stream/ring"
	"golang.org/x/sys/unix"
)

// ErrClosed comes from Accept after Close.
var ErrClosed = errors.New("launch: listener closed")

// Config of a Listener.
type Config struct {
	SpecHash uint64       // of the command tables of this build: drivers with another one are refused
	Dir      string       // where the socket is made, a directory that only this user may enter; "": a temporary one
	Ring     ring.Config  // for each attached process
	Log      *slog.Logger // refusals; nil: none
}

// helloTime is how long a process may take to say hello.
const helloTime = 5 * time.Second

// maxSocketPath is the longest path of a unix socket, without its NUL.
const maxSocketPath = 107

// Listener is the socket where drivers attach.
type Listener struct {
	cfg     Config
	dir     string // to be removed; "": it is the caller's
	ln      *net.UnixListener
	ready   chan *Attached
	done    chan struct{}
	once    sync.Once
	wg      sync.WaitGroup
	refused atomic.Int64
}

// Listen makes the socket.
func Listen(cfg Config) (*Listener, error) {
	if err := cfg.Ring.Validate(); err != nil {
		return nil, fmt.Errorf("launch: %w", err)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	in, own := cfg.Dir, ""
	if in == "" {
		var err error
		if in, err = socketDir(); err != nil {
			return nil, err
		}
		own = in
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(in, "driver"), Net: "unix"})
	if err != nil {
		if own != "" {
			_ = os.RemoveAll(own)
		}
		return nil, fmt.Errorf("launch: %w", err)
	}
	l := &Listener{cfg: cfg, dir: own, ln: ln, ready: make(chan *Attached), done: make(chan struct{})}
	l.wg.Go(l.serve)
	return l, nil
}

// socketDir makes a 0700 directory whose path is short enough for a socket in it.
func socketDir() (string, error) {
	var tried error
	for _, in := range []string{os.TempDir(), os.Getenv("XDG_RUNTIME_DIR"), "/tmp"} {
		if in == "" || !filepath.IsAbs(in) {
			continue
		}
		dir, err := os.MkdirTemp(in, "prism-") // mode 0700
		if err != nil {
			tried = errors.Join(tried, err)
			continue
		}
		if p := filepath.Join(dir, "driver"); len(p) <= maxSocketPath {
			return dir, nil
		}
		_ = os.Remove(dir)
		tried = errors.Join(tried, fmt.Errorf("%s: too long for a socket's path of %d bytes", in, maxSocketPath))
	}
	return "", fmt.Errorf("launch: no directory for the driver's socket: %w", tried)
}

// Path of the socket: PRISM_SOCKET for the app.
func (l *Listener) Path() string { return l.ln.Addr().String() }

// Refused counts the processes that tried to attach and were not let in.
func (l *Listener) Refused() int { return int(l.refused.Load()) }

// Accept waits for the next process that has attached; it belongs to the caller, who closes it.
func (l *Listener) Accept(ctx context.Context) (*Attached, error) {
	select {
	case a := <-l.ready:
		return a, nil
	case <-l.done:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, fmt.Errorf("launch: waiting for a driver: %w", ctx.Err())
	}
}

// Close removes the socket and drops what nobody accepted. Attached processes that were accepted stay.
func (l *Listener) Close() error {
	var err error
	l.once.Do(func() {
		close(l.done)
		err = l.ln.Close()
		l.wg.Wait()
		if l.dir != "" {
			err = errors.Join(err, os.RemoveAll(l.dir))
		}
	})
	if err != nil {
		return fmt.Errorf("launch: close: %w", err)
	}
	return nil
}

func (l *Listener) serve() {
	for {
		conn, err := l.ln.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// Out of descriptors, most likely: go on when some may be free again.
			l.cfg.Log.Warn("launch: accepting a driver failed", "err", err)
			select {
			case <-l.done:
				return
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		l.wg.Go(func() { l.greet(conn) })
	}
}

// greet hands one process its ring, or tells it why not.
func (l *Listener) greet(conn *net.UnixConn) {
	stop := make(chan struct{})
	ended := make(chan struct{})
	go func() { // Close ends a handshake that hangs
		defer close(ended)
		select {
		case <-l.done:
			_ = conn.SetDeadline(time.Now())
		case <-stop:
		}
	}()
	a, err := l.handshake(conn)
	close(stop)
	<-ended
	if err != nil {
		l.refused.Add(1)
		level := slog.LevelWarn
		if errors.Is(err, unix.EPIPE) || errors.Is(err, unix.ECONNRESET) { // it has ended meanwhile: nothing is wrong with it
			level = slog.LevelDebug
		}
		l.cfg.Log.Log(context.Background(), level, "launch: a driver did not attach", "err", err)
		_ = conn.Close()
		return
	}
	a.watch()
	select {
	case l.ready <- a:
	case <-l.done:
		_ = a.Close()
	}
}

func (l *Listener) handshake(conn *net.UnixConn) (a *Attached, err error) {
	if err := conn.SetDeadline(time.Now().Add(helloTime)); err != nil {
		return nil, err
	}
	cred, err := peer(conn)
	if err != nil {
		return nil, err
	}
	b := make([]byte, ring.HelloBytes)
	if _, err := io.ReadFull(conn, b); err != nil {
		return nil, fmt.Errorf("process %d: hello: %w", cred.Pid, err)
	}
	h, err := ring.ParseHello(b)
	if err == nil {
		err = h.Check(l.cfg.SpecHash)
	}
	if err == nil && int(cred.Uid) != os.Geteuid() {
		err = fmt.Errorf("the process runs as user %d, prism as %d", cred.Uid, os.Geteuid())
	}
	var r *ring.Ring
	if err == nil {
		r, err = ring.Create(l.cfg.Ring)
	}
	if err != nil {
		w := ring.Welcome{Status: 1, Message: err.Error()}
		_, _ = conn.Write(w.Append(nil))
		return nil, fmt.Errorf("process %d (%s): %w", cred.Pid, h.Program, err)
	}
	rn, an := r.MapBytes()
	w := ring.Welcome{RingMapBytes: uint64(rn), ArenaMapBytes: uint64(an)}
	rf, af := r.Files()
	_, _, err = conn.WriteMsgUnix(w.Append(nil), unix.UnixRights(int(rf.Fd()), int(af.Fd())), nil)
	r.CloseFiles()
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	if err != nil {
		_ = r.Close()
		return nil, fmt.Errorf("process %d (%s): welcome: %w", cred.Pid, h.Program, err)
	}
	return &Attached{Program: h.Program, PID: int(cred.Pid), Ring: r, conn: conn}, nil
}

func peer(conn *net.UnixConn) (*unix.Ucred, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	var cred *unix.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return nil, err
	}
	return cred, credErr
}

// Attached is one process whose driver has attached.
type Attached struct {
	Program string // basename, as the process says
	PID     int    // as the kernel says
	Ring    *ring.Ring
	// Gone is closed when the process has ended or left; Ring.Next then gives what is left and io.EOF.
	Gone <-chan struct{}

	conn  *net.UnixConn
	pidfd *os.File // nil: the kernel gave none
	wg    sync.WaitGroup
}

// watch starts to look whether the process lives: the socket ends when it closes it or no process has it any more; a pidfd
// tells at once when it dies, also if a child of it still has the socket.
func (a *Attached) watch() {
	gone := make(chan struct{})
	a.Gone = gone
	var once sync.Once
	hangup := func() {
		once.Do(func() {
			a.Ring.Hangup()
			close(gone)
		})
	}
	a.wg.Go(func() {
		_, _ = io.Copy(io.Discard, a.conn) // a driver says nothing more
		hangup()
	})
	fd, err := unix.PidfdOpen(a.PID, unix.PIDFD_NONBLOCK)
	if err != nil {
		return
	}
	a.pidfd = os.NewFile(uintptr(fd), "pidfd")
	raw, err := a.pidfd.SyscallConn()
	if err != nil {
		return
	}
	a.wg.Go(func() {
		err := raw.Read(func(fd uintptr) bool {
			p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			n, err := unix.Poll(p, 0)
			return err == nil && n > 0
		})
		if err == nil {
			hangup()
		}
	})
}

// Signal sends a signal to this process, which need not be the one that was started: a script's child, say. It never
// reaches another process that was given the same number.
func (a *Attached) Signal(s syscall.Signal) error {
	if a.pidfd == nil {
		return fmt.Errorf("launch: process %d: signal: the kernel gave no pidfd", a.PID)
	}
	raw, err := a.pidfd.SyscallConn()
	if err == nil {
		if cerr := raw.Control(func(fd uintptr) { err = unix.PidfdSendSignal(int(fd), s, nil, 0) }); cerr != nil {
			err = cerr
		}
	}
	if err != nil {
		return fmt.Errorf("launch: process %d: signal: %w", a.PID, err)
	}
	return nil
}

// Close ends the process's session: its contexts are lost. It waits for nothing of the process.
func (a *Attached) Close() error {
	err := a.Ring.Close()
	if cerr := a.conn.Close(); err == nil && !errors.Is(cerr, net.ErrClosed) {
		err = cerr
	}
	if a.pidfd != nil {
		_ = a.pidfd.Close()
	}
	a.wg.Wait()
	if err != nil {
		return fmt.Errorf("launch: process %d: close: %w", a.PID, err)
	}
	return nil
}
