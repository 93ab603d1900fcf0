package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// AppConfig says what to start.
type AppConfig struct {
	Args      []string // program and its arguments
	Env       []string // to begin with; nil: this process's
	Dir       string   // to start in; "": this process's
	DriverDir string   // where libGLX_prism.so.0 is
	Socket    string   // Listener.Path
	Display   string   // DISPLAY for the app; "": as in Env

	Stdin          io.Reader // nil: this process's
	Stdout, Stderr io.Writer // nil: this process's

	Note  func(sentence string) // what the user should read; nil: dropped
	Grace time.Duration         // between SIGTERM and SIGKILL when ctx ends; 0: 5 s
}

// App is a started app.
type App struct {
	cmd    *exec.Cmd
	done   chan struct{}
	status int
	signal syscall.Signal // that ended it; 0: none
	err    error
}

// Start starts an app under prism. When ctx ends the app gets SIGTERM, and SIGKILL after a while; when this process dies, it gets
// SIGTERM from the kernel. SIGINT and SIGTERM that this process gets go on to the app, but for a SIGINT while this process is in the
// foreground of a terminal: the terminal has sent it to the app already.
func Start(ctx context.Context, cfg AppConfig) (*App, error) {
	if len(cfg.Args) == 0 {
		return nil, errors.New("launch: no program to start")
	}
	dir, err := filepath.Abs(cfg.DriverDir)
	if err != nil {
		return nil, fmt.Errorf("launch: %w", err)
	}
	if !hasDriver(dir) {
		return nil, fmt.Errorf("launch: the driver %s is not in %s: build it with `make build`", glxDriver, dir)
	}
	base := cfg.Env
	if base == nil {
		base = os.Environ()
	}
	env, notes := Environ(base, dir, cfg.Socket)
	if cfg.Display != "" {
		env = set(env, "DISPLAY", cfg.Display)
	}
	if cfg.Note != nil {
		for _, n := range notes {
			cfg.Note(n)
		}
	}
	cmd := exec.CommandContext(ctx, cfg.Args[0], cfg.Args[1:]...)
	cmd.Env, cmd.Dir = env, cfg.Dir
	cmd.Stdin, cmd.Stdout, cmd.Stderr = cfg.Stdin, cfg.Stdout, cfg.Stderr
	if cmd.Stdin == nil {
		cmd.Stdin = os.Stdin
	}
	if cmd.Stdout == nil {
		cmd.Stdout = os.Stdout
	}
	if cmd.Stderr == nil {
		cmd.Stderr = os.Stderr
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(unix.SIGTERM) }
	if cmd.WaitDelay = cfg.Grace; cmd.WaitDelay == 0 {
		cmd.WaitDelay = 5 * time.Second
	}
	// Without prism it would draw to nobody for ever.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: unix.SIGTERM}
	sigs := make(chan os.Signal, 4)
	signal.Notify(sigs, unix.SIGINT, unix.SIGTERM)
	waited, err := startAndWait(cmd)
	if err != nil {
		signal.Stop(sigs)
		return nil, fmt.Errorf("launch: %w", err)
	}
	a := &App{cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		defer signal.Stop(sigs)
		for {
			select {
			case err := <-waited:
				a.status, a.signal, a.err = exitStatus(cmd.ProcessState, err)
				return
			case s := <-sigs:
				if s == unix.SIGINT && foreground() {
					continue
				}
				_ = cmd.Process.Signal(s)
			}
		}
	}()
	return a, nil
}

// startAndWait starts cmd, and waits for its end on the thread that started it: the kernel sends Pdeathsig when that thread ends, so
// it must not end before.
func startAndWait(cmd *exec.Cmd) (waited <-chan error, err error) {
	started, end := make(chan error, 1), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			end <- cmd.Wait()
		}
	}()
	return end, <-started
}

// PID of the app's first process.
func (a *App) PID() int { return a.cmd.Process.Pid }

// Done is closed when the app's first process has ended.
func (a *App) Done() <-chan struct{} { return a.done }

// Wait waits for the end and gives the exit status as a shell would: 128 + signal when one ended it. err is set only when
// the end could not be learnt.
func (a *App) Wait() (status int, err error) {
	<-a.done
	return a.status, a.err
}

// Signalled gives the signal that ended the app's first process, 0 if it ended by itself. Valid after Wait.
func (a *App) Signalled() syscall.Signal { return a.signal }

// End asks the app's first process to end with SIGTERM, and ends it with SIGKILL when it has not done so after grace.
func (a *App) End(grace time.Duration) {
	_ = a.Signal(unix.SIGTERM) // fails if it has just ended
	timer := time.AfterFunc(grace, func() { _ = a.Signal(unix.SIGKILL) })
	go func() {
		<-a.done
		timer.Stop()
	}()
}

// Signal sends a signal to the app's first process.
func (a *App) Signal(s os.Signal) error {
	if err := a.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("launch: %w", err)
	}
	return nil
}

func exitStatus(state *os.ProcessState, err error) (int, syscall.Signal, error) {
	if state == nil {
		return 1, 0, fmt.Errorf("launch: %w", err)
	}
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal()), ws.Signal(), nil
	}
	return state.ExitCode(), 0, nil
}

// foreground tells whether this process is in the foreground of a terminal.
func foreground() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	pgrp, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && pgrp == unix.Getpgrp()
}
