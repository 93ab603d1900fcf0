package mp4

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/video"
)

// ErrFailed says that ffmpeg has ended although frames were left, or could not finish its file. What it said last is in the text.
var ErrFailed = errors.New("ffmpeg failed")

const (
	pipeBytes = 1 << 20 // what we ask of the kernel between us and ffmpeg; it may give less
	// How long ffmpeg may do nothing while it finishes a file, and after it was stuck already.
	patience     = 5 * time.Second
	lastPatience = time.Second
	lookEvery    = 50 * time.Millisecond
)

// process is one ffmpeg, which writes one file.
type process struct {
	cmd   *exec.Cmd
	in    *video.Writer
	done  chan struct{} // closed when it has ended
	err   error         // of its end; valid once done is closed
	said  tail
	stuck bool // it did not take a frame while there was time
	ended bool // its end was told
}

var _ video.Encoder = (*process)(nil)

func start(program string, args []string) (*process, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("mp4: %w", err)
	}
	_, _ = unix.FcntlInt(r.Fd(), unix.F_SETPIPE_SZ, pipeBytes)
	p := &process{cmd: exec.Command(program, args...), in: video.NewWriter(w), done: make(chan struct{})}
	p.cmd.Stdin = r
	p.cmd.Stderr = &p.said
	// Whoever is left of its pipe must not keep us: what it said is only a message.
	p.cmd.WaitDelay = time.Second
	// No Pdeathsig: the end of its input ends it when prism is killed, with a whole file. The signal would come once for each of prism's
	// threads that ends after the one that started it, and ffmpeg leaves its file as it is at the fourth.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = p.cmd.Start()
	r.Close()
	if err != nil {
		_ = p.in.Close()
		return nil, fmt.Errorf("mp4: %w", err)
	}
	go func() {
		defer close(p.done)
		p.err = p.cmd.Wait()
	}()
	return p, nil
}

// Write implements video.Encoder.
func (p *process) Write(ctx context.Context, f *output.Frame) error {
	err := p.in.Write(ctx, f.Pix)
	switch {
	case err == nil:
	case errors.Is(err, video.ErrReaderGone):
		// It may have closed its input only; nothing else would make it end.
		p.await(lastPatience)
		p.ended = true
		return p.reason(err)
	case ctx.Err() != nil:
		p.stuck = true
	}
	return err
}

// reason is why it has ended.
func (p *process) reason(err error) error {
	if p.err != nil {
		err = p.err
	}
	if said := p.said.String(); said != "" {
		return fmt.Errorf("%w: %w: %s", ErrFailed, err, said)
	}
	return fmt.Errorf("%w: %w", ErrFailed, err)
}

// Close lets ffmpeg finish its file, as long as it gets on, and waits for its end.
func (p *process) Close() error {
	err := p.in.Close()
	most := patience
	if p.stuck {
		most = lastPatience
	}
	switch finished := p.await(most); {
	case p.ended:
		return err
	case !finished:
		return errors.Join(err, fmt.Errorf("%w: it did not get on for %v while it finished its file, and was ended", ErrFailed, most))
	case p.err != nil:
		return errors.Join(err, p.reason(p.err))
	}
	return err
}

// await waits for the end; false: ffmpeg did nothing for so long and was killed.
func (p *process) await(most time.Duration) bool {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	last, since := p.Progress(), time.Now()
	for {
		select {
		case <-p.done:
			return true
		case now := <-ticker.C:
			if n := p.Progress(); n != last {
				last, since = n, now
			}
			if now.Sub(since) >= most {
				_ = p.cmd.Process.Kill()
				<-p.done
				return false
			}
		}
	}
}

// Progress implements video.Encoder: what went in, and what ffmpeg has computed, read and written since.
func (p *process) Progress() uint64 { return p.in.Moved() + worked(p.cmd.Process.Pid) }

// worked sums what /proc knows of a process's work: ticks of CPU time, and bytes read and written.
func worked(pid int) uint64 {
	n := uint64(0)
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		// The name in parentheses may have spaces in it; the 12th and 13th field behind it are utime and stime.
		if at := strings.LastIndexByte(string(b), ')'); at >= 0 {
			if f := strings.Fields(string(b[at+1:])); len(f) > 12 {
				n += number(f[11]) + number(f[12])
			}
		}
	}
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid)); err == nil {
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) == 2 && (f[0] == "rchar:" || f[0] == "wchar:") {
				n += number(f[1])
			}
		}
	}
	return n
}

func number(s string) (n uint64) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

// tail keeps the end of what a process says, as one line.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailBytes = 1024

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - tailBytes; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.FieldsFunc(string(t.buf), func(r rune) bool { return r == '\n' || r == '\r' })
	return strings.Join(lines, "; ")
}
