package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/spf13/cobra"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/cmd/internal/scratch"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/tilesplit"
)

// A policy changes while its run goes on: the policy file is watched, and each run listens in its own directory, which only its user may enter,
// for `prism policy`. A change comes into force at the next frame's border of each session, or not at all.

const (
	controlName = "control"
	// calm is how long a file must be left alone before it is read: editors write in several steps.
	calm = 100 * time.Millisecond
	// controlPatience bounds a question to another run.
	controlPatience = 5 * time.Second
	maxPolicyBytes  = 1 << 20
)

// join gives a new session's channel for changes, the policy that it begins with, and the wall, if that has one and no other session shows on it.
func (r *runner) join() (changes <-chan func() tilesplit.Policy, now func() tilesplit.Policy, displays map[string]proto.Display, leave func()) {
	c := make(chan func() tilesplit.Policy, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changes == nil {
		r.changes = map[chan func() tilesplit.Policy]bool{}
	}
	r.changes[c] = true
	if !r.onWall {
		displays = r.division.Displays
	}
	shows := displays != nil
	r.onWall = r.onWall || shows
	return c, r.division.New, displays, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.changes, c)
		if shows {
			r.onWall = false
		}
	}
}

// apply puts a policy in force in all sessions, present and to come, and tells which it is.
func (r *runner) apply(name string, data []byte) (string, error) {
	next, values, err := config.ResolveBytes(name, data, r.cmdFlags)
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := config.CheckChange(r.inForce, next, values); err != nil {
		return "", err
	}
	_, d := next.Divide()
	r.inForce, r.division = next, d
	for c := range r.changes {
		select {
		case <-c: // one that no frame has seen yet
		default:
		}
		c <- d.New
	}
	return d.Name, nil
}

// watchPolicy applies the policy file whenever it changes, until ctx ends. What is wrong in it is said, and the run goes on as it was.
func (r *runner) watchPolicy(ctx context.Context, file string) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	// The directory: editors replace the file.
	if err := w.Add(filepath.Dir(file)); err != nil {
		_ = w.Close()
		return err
	}
	was, _ := os.ReadFile(file)
	go func() {
		defer w.Close()
		timer := time.NewTimer(calm)
		timer.Stop()
		for {
			select {
			case e, ok := <-w.Events:
				if !ok {
					return
				}
				if filepath.Base(e.Name) == filepath.Base(file) {
					timer.Reset(calm)
				}
			case <-w.Errors: // a queue that ran over: there was an event, maybe ours
				timer.Reset(calm)
			case <-timer.C:
				data, err := os.ReadFile(file)
				if err != nil || string(data) == string(was) {
					continue
				}
				was = data
				if name, err := r.apply(file, data); err != nil {
					r.say("the policy stays as it is: " + err.Error())
				} else {
					r.say(file + " is in force: tiling " + name)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return nil
}

// control serves `prism policy` until ctx ends.
func (r *runner) control(ctx context.Context) error {
	ln, err := net.Listen("unix", filepath.Join(r.cluster.dir.Path(), controlName))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /run", func(w http.ResponseWriter, _ *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		fmt.Fprintf(w, "%d\t%d nodes, tiling %s, sessions: %d\t%s\n", os.Getpid(), len(r.cluster.nodes), r.division.Name, len(r.changes), quote(r.args))
	})
	mux.HandleFunc("PUT /policy", func(w http.ResponseWriter, q *http.Request) {
		data, err := io.ReadAll(http.MaxBytesReader(w, q.Body, maxPolicyBytes))
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		name, err := r.apply(q.Header.Get("X-Name"), data)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		r.say("a policy was applied: tiling " + name)
		fmt.Fprintln(w, name)
	})
	s := &http.Server{Handler: mux, ReadTimeout: controlPatience, WriteTimeout: controlPatience}
	go func() { _ = s.Serve(ln) }()
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return nil
}

// otherRun is a running `prism run` of this user's.
type otherRun struct {
	socket string
	pid    int
	text   string // for people
}

// ask sends one request to a run.
func (o *otherRun) ask(ctx context.Context, method, path, name string, body string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, controlPatience)
	defer cancel()
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", o.socket)
	}}}
	defer client.CloseIdleConnections()
	q, err := http.NewRequestWithContext(ctx, method, "http://run"+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	q.Header.Set("X-Name", name)
	a, err := client.Do(q)
	if err != nil {
		return "", err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(io.LimitReader(a.Body, maxPolicyBytes))
	if err != nil {
		return "", err
	}
	if a.StatusCode != http.StatusOK {
		return "", errors.New(strings.TrimSpace(string(text)))
	}
	return strings.TrimSpace(string(text)), nil
}

// otherRuns finds the runs of this user that answer.
func otherRuns(ctx context.Context) (runs []otherRun) {
	for _, dir := range scratch.List() {
		o := otherRun{socket: filepath.Join(dir, controlName)}
		text, err := o.ask(ctx, http.MethodGet, "/run", "", "")
		if err != nil {
			continue
		}
		pid, rest, _ := strings.Cut(text, "\t")
		if o.pid, err = strconv.Atoi(pid); err != nil {
			continue
		}
		o.text = rest
		runs = append(runs, o)
	}
	return runs
}

// oneRun picks the run that is meant; pid 0: the only one.
func oneRun(ctx context.Context, pid int) (*otherRun, error) {
	runs := otherRuns(ctx)
	var list []string
	for i := range runs {
		if runs[i].pid == pid || pid == 0 && len(runs) == 1 {
			return &runs[i], nil
		}
		list = append(list, fmt.Sprintf("\n  --run %d  %s", runs[i].pid, runs[i].text))
	}
	switch {
	case len(runs) == 0:
		return nil, fail(exitFailed, "policy: no `prism run` of yours is there")
	case pid != 0:
		return nil, fail(exitUsage, "policy: process %d is no `prism run`; these are:%s", pid, strings.Join(list, ""))
	}
	return nil, fail(exitUsage, "policy: which run?%s", strings.Join(list, ""))
}

func (a *app) policyCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "policy", Short: "Change the policy of a run that goes on, or list runs", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	pid := 0
	apply := &cobra.Command{
		Use: "apply FILE", Short: "Put a policy in force in a running prism",
		Long: `apply gives a policy file to a running ` + "`prism run`" + ` of yours, from the next frame on and without a wrong frame. Tiles and balance may
change: grid, tiling and balance. Flags and environment variables of the run still win over the file. A run that was started with --policy
also follows its own file while that is edited.`,
		Example: "  prism policy apply samples/policies/balanced.yaml\n  prism policy apply --run 4711 columns.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := os.ReadFile(args[0])
			if err != nil {
				return &exitError{exitConfig, err}
			}
			if err := config.Check(args[0]); err != nil {
				return &exitError{exitConfig, err}
			}
			o, err := oneRun(cmd.Context(), pid)
			if err != nil {
				return err
			}
			name, err := o.ask(cmd.Context(), http.MethodPut, "/policy", args[0], string(data))
			if err != nil {
				return &exitError{exitConfig, fmt.Errorf("process %d goes on as it was: %w", o.pid, err)}
			}
			fmt.Fprintf(a.out, "process %d: tiling %s from the next frame on\n", o.pid, name)
			return nil
		},
	}
	apply.Flags().IntVar(&pid, "run", 0, "`PID` of the prism run that is meant; needed if there are several")
	list := &cobra.Command{
		Use: "list", Short: "List the runs of this user and how they divide the picture", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, o := range otherRuns(cmd.Context()) {
				fmt.Fprintf(a.out, "%d\t%s\n", o.pid, o.text)
			}
			return nil
		},
	}
	cmd.AddCommand(apply, list)
	return cmd
}
