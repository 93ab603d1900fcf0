package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What a script gets from prism run: one object, the right status, and nothing left behind.

func TestJSONIsAloneOnStdout(t *testing.T) {
	need(t)
	script := `echo before; "$0" plain 4 -; echo after`
	for _, tc := range []struct {
		name   string
		args   []string
		wanted string
	}{
		{"Run", []string{"run", "--nodes", "2", "--json", "--out", "null"}, "sessions"},
		{"RunWithStats", []string{"run", "--stats", "--json", "--out", "null"}, "sessions"},
		{"Verify", []string{"verify", "--grid", "2x1", "--json", "--frames", "2"}, "equal"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := must(t, prism(t, time.Minute, append(tc.args, "--", "sh", "-c", script, glxapp)...), tc.name)
			var object map[string]json.RawMessage
			if err := json.Unmarshal([]byte(r.out), &object); err != nil {
				t.Fatalf("%v: stdout is\n%s", err, tail(r.out))
			}
			if object[tc.wanted] == nil {
				t.Errorf("no %q in %s", tc.wanted, tail(r.out))
			}
			if !strings.Contains(r.errOut, "before\n") {
				t.Errorf("what the app printed is not on stderr: %q", tail(r.errOut))
			}
		})
	}
}

func TestJSONHasTheExitStatusOfPrism(t *testing.T) {
	need(t, "glxgears")
	r := must(t, prism(t, time.Minute, "run", "--json", "--frames", "3", "--out", "null", "--", "glxgears"), "run")
	var report struct {
		ExitStatus *int `json:"exit_status"`
	}
	if err := json.Unmarshal([]byte(r.out), &report); err != nil {
		t.Fatalf("%v: stdout is\n%s", err, tail(r.out))
	}
	if report.ExitStatus == nil || *report.ExitStatus != 0 {
		t.Errorf("exit_status in %s, want 0 as prism's own", tail(r.out))
	}
}

// What cannot be written is said before the app starts, not while it draws to nobody.
func TestOutputsAreTriedFirst(t *testing.T) {
	need(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	ran := filepath.Join(dir, "ran")
	for _, tc := range []struct {
		name, say string
		args      []string
	}{
		{"Recording", "no/such/dir", []string{"run", "--record", filepath.Join(dir, "no/such/dir/x.prism")}},
		{"RecordingIsAFolder", dir, []string{"record", "-o", dir}},
		{"PNG", "not a directory", []string{"run", "--out", "null", "--out", "png:" + file + "/frames"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := prism(t, time.Minute, append(tc.args, "--", "sh", "-c", `touch "$0"`, ran)...)
			if r.code != 3 || !strings.Contains(r.errOut, tc.say) {
				t.Errorf("exit status %d, stderr %q; want 3 and %q", r.code, r.errOut, tc.say)
			}
			if _, err := os.Stat(ran); !errors.Is(err, os.ErrNotExist) {
				t.Error("the app was started all the same")
			}
		})
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "mine" {
		t.Errorf("a file in the way has %q now (%v)", b, err)
	}
}

func TestSecretThatCannotBeReadIsConfiguration(t *testing.T) {
	need(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, verb := range [][]string{{"run"}, {"nodes"}} {
		args := append(verb, "--nats", "nats://127.0.0.1:1", "--nats-secret", secret)
		if verb[0] == "run" {
			args = append(args, "--", "true")
		}
		if r := prism(t, time.Minute, args...); r.code != 3 || !strings.Contains(r.errOut, "read by others") {
			t.Errorf("%v: exit status %d, stderr %q", verb, r.code, r.errOut)
		}
	}
}

// A signal to prism alone ends what drew too, also what a script has started: with its contexts lost it would spin for ever.
func TestSignalEndsWhatAScriptStarted(t *testing.T) {
	need(t, "glxgears")
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			if signal.Ignored(s) { // as under nohup, which prism inherits and heeds
				t.Skip("it is ignored here")
			}
			signalled(t, s)
		})
	}
}

func signalled(t *testing.T, s syscall.Signal) {
	pidFile := filepath.Join(t.TempDir(), "pid")
	cmd := exec.Command(filepath.Join(binDir, "prism"), "run", "--out", "null", "--", "sh", "-c", `glxgears & echo $! >"$0.new"; mv "$0.new" "$0"; wait; wait`, pidFile)
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var said lockedBuffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }()
	until := time.Now().Add(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	wait := func(what string, ok func() bool) {
		t.Helper()
		for !ok() {
			if time.Now().After(until) {
				t.Fatalf("%s did not come about\n%s", what, tail(said.String()))
			}
			<-tick.C
		}
	}
	pid := 0
	wait("the script's start", func() bool {
		b, err := os.ReadFile(pidFile)
		if err == nil {
			pid, err = strconv.Atoi(string(bytes.TrimSpace(b)))
		}
		return err == nil
	})
	maps := filepath.Join("/proc", strconv.Itoa(pid), "maps")
	wait("attaching", func() bool {
		b, err := os.ReadFile(maps)
		return err == nil && bytes.Contains(b, []byte("prism-ring"))
	})
	if err := cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 128+int(syscall.SIGTERM) {
		t.Errorf("prism ended with %v, want 143\n%s", err, tail(said.String()))
	}
	wait("the end of glxgears", func() bool {
		b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		return err != nil || bytes.Contains(b, []byte(") Z "))
	})
}

// A session that fails cannot draw its --frames any more: the app, which would go on for ever, is ended and the run has failed.
func TestFramesEndWhenTheSessionFails(t *testing.T) {
	need(t, "glxgears")
	link := filepath.Join(t.TempDir(), "full.prism")
	if err := os.Symlink("/dev/full", link); err != nil {
		t.Fatal(err)
	}
	r := prism(t, time.Minute, "run", "--json", "--out", "null", "--frames", "100000", "--record", link, "--", "glxgears")
	var report struct {
		ExitStatus int `json:"exit_status"`
	}
	if err := json.Unmarshal([]byte(r.out), &report); err != nil {
		t.Fatalf("%v: stdout is\n%s", err, tail(r.out))
	}
	if r.code != 1 || report.ExitStatus != 1 || !strings.Contains(r.errOut, "no space left") {
		t.Errorf("exit status %d, in the object %d, stderr %q; want 1, 1 and the reason", r.code, report.ExitStatus, tail(r.errOut))
	}
}

// The script must not come to what stands behind the app that is ended.
func TestFramesEndAScriptBeforeItGoesOn(t *testing.T) {
	need(t, "glxgears")
	for range 3 {
		r := must(t, prism(t, time.Minute, "run", "--out", "null", "--frames", "2", "--", "sh", "-c", "glxgears; echo went on"), "run")
		if strings.Contains(r.out, "went on") {
			t.Fatalf("the script went on: %q", r.out)
		}
	}
}

func TestFullStdoutIsAFailureNotUsage(t *testing.T) {
	need(t)
	r := run(t, time.Minute, "sh", "-c", `"$0" config show >/dev/full`, filepath.Join(binDir, "prism"))
	if r.code != 1 || !strings.Contains(r.errOut, "no space left") || strings.Contains(r.errOut, "help") {
		t.Errorf("exit status %d, stderr %q; want 1 and the reason alone", r.code, r.errOut)
	}
}
