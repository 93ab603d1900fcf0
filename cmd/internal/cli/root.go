package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/prismgl/prism/nodes/bus"
)

// Exit codes of all verbs.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitConfig   = 3
	exitNoDevice = 4
)

// exitError carries the code that the process ends with. A nil Err says nothing more on stderr.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func fail(code int, format string, args ...any) error {
	return &exitError{code, fmt.Errorf(format, args...)}
}

// failed makes any error one with exit code 1, or 3 for a secret or a certificate that cannot be used, unless it has a code already.
func failed(err error) error {
	var ee *exitError
	if err == nil || errors.As(err, &ee) {
		return err
	}
	if errors.Is(err, bus.ErrSecret) || errors.Is(err, bus.ErrTLS) {
		return &exitError{exitConfig, err}
	}
	return &exitError{exitFailed, err}
}

// app is what the verbs share.
type app struct {
	in          io.Reader
	out, errOut io.Writer
	log         *slog.Logger
	verbose     bool
}

// Main runs one command line and returns the exit code.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	a := &app{in: in, out: out, errOut: errOut}
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // nohup
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	defer stop()
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var ee *exitError
	if !errors.As(err, &ee) {
		ee = &exitError{exitUsage, err}
	}
	if ee.err != nil {
		fmt.Fprintf(errOut, "prism: %v\n", ee.err)
		if ee.code == exitUsage {
			fmt.Fprintln(errOut, "prism: 'prism help' lists the verbs, 'prism VERB --help' a verb's flags and examples")
		}
	}
	return ee.code
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "prism",
		Short: "Many GPUs draw one application's picture",
		Long: `prism makes many GPUs draw one application's picture. The application is not changed: prism is the OpenGL driver that
it gets. Its commands are split by screen tile over render nodes that are reached through NATS; what they draw is put
together into the frame that one GPU would have drawn.`,
		Example: `  prism run --nodes 4 -- glxgears
  prism verify --nodes 4 --grid 2x2 --frames 100 -- glxgears
  prism doctor`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRun: func(*cobra.Command, []string) {
			level := slog.LevelWarn
			if a.verbose {
				level = slog.LevelDebug
			}
			a.log = slog.New(slog.NewTextHandler(a.errOut, &slog.HandlerOptions{Level: level}))
		},
	}
	root.PersistentFlags().BoolVarP(&a.verbose, "verbose", "v", false, "log what goes on to stderr")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(a.runCmd(), a.nodeCmd(), a.nodesCmd(), a.nkeyCmd(), a.recordCmd(), a.replayCmd(), a.verifyCmd(), a.explainCmd(), a.benchCmd(), a.doctorCmd(),
		a.configCmd(), a.policyCmd(), a.workerCmd())
	codes(root)
	return root
}

// codes gives errors of the verbs their exit code: what cobra itself says, before a verb begins, is about usage, the rest is not.
func codes(cmd *cobra.Command) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error { return failed(run(cmd, args)) }
	}
	for _, c := range cmd.Commands() {
		codes(c)
	}
}

// needApp is cobra's check of `-- APP ARGS…`.
func needApp(verb string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fail(exitUsage, "%s: which app? for example: prism %s -- glxgears", verb, verb)
		}
		return nil
	}
}

// quote shows a command line to a person.
func quote(args []string) string {
	out := make([]string, len(args))
	for i, s := range args {
		out[i] = s
		if s == "" || strings.ContainsAny(s, " \t\n\"'$\\") {
			out[i] = fmt.Sprintf("%q", s)
		}
	}
	return strings.Join(out, " ")
}
