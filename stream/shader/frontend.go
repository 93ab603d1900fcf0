package shader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

const maxTreeBytes = 8 << 20

// frontEnd runs prism-glsl. whole tells whether the answer is the same each time, as it is not where a limit ended it.
func (a *Analyzer) frontEnd(ctx context.Context, source string, k kind) (out []byte, whole bool, err error) {
	select {
	case a.sem <- struct{}{}:
		defer func() { <-a.sem }()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, a.cfg.Timeout)
	defer cancel()
	seconds := int((a.cfg.Timeout + time.Second - 1) / time.Second)
	cmd := exec.CommandContext(limited, a.cfg.Program, strconv.Itoa(seconds), strconv.FormatInt(max(a.cfg.MemoryBytes>>20, 1), 10))
	cmd.Env = []string{}
	cmd.Dir = "/"
	cmd.WaitDelay = time.Second
	var in bytes.Buffer
	fmt.Fprintf(&in, "%d %d\n%s", k, len(source), source)
	cmd.Stdin = &in
	stdout := &capped{limit: maxTreeBytes + 1<<10}
	cmd.Stdout = stdout
	if err := cmd.Start(); err != nil {
		return nil, false, fmt.Errorf("%w: %w", ErrFrontEnd, err)
	}
	err = cmd.Wait()
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	var exit *exec.ExitError
	switch {
	case err == nil && stdout.over == 0:
		return stdout.data, true, nil
	case limited.Err() != nil:
		return []byte(errorWord + "takes longer than " + a.cfg.Timeout.String() + " to analyse"), false, nil
	case stdout.over > 0:
		return []byte(errorWord + "its syntax tree is too large"), false, nil
	case errors.As(err, &exit):
		if _, said := refusal(stdout.data); said && exit.Exited() {
			return stdout.data, exit.ExitCode() == 1, nil
		}
		return []byte(errorWord + "ends the front end: " + exit.Error()), false, nil
	}
	return nil, false, fmt.Errorf("%w: %w", ErrFrontEnd, err)
}

// errorWord begins the front end's answer when it has no tree.
const errorWord = "error "

// refusal is what the front end says in place of a tree.
func refusal(out []byte) (why string, refused bool) {
	rest, ok := bytes.CutPrefix(out, []byte(errorWord))
	if !ok {
		return "", false
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	const most = 300
	if len(line) > most {
		line = line[:most]
	}
	why = strings.ToValidUTF8(string(line), "?")
	// glslang: "ERROR: STRING:LINE: 'token' : message"
	var r reason
	var str int
	if said, ok := strings.CutPrefix(why, "ERROR: "); ok {
		place, rest, _ := strings.Cut(said, ": ")
		if n, err := fmt.Sscanf(place, "%d:%d", &str, &r.line); n == 2 && err == nil {
			r.what = "glslang refuses it: " + strings.TrimSpace(rest)
			return r.String(), true
		}
	}
	return why, true
}

// capped keeps the first bytes.
type capped struct {
	data  []byte
	limit int
	over  int
}

func (c *capped) Write(p []byte) (int, error) {
	n := min(len(p), c.limit-len(c.data))
	c.data = append(c.data, p[:n]...)
	if c.over += len(p) - n; c.over > 0 {
		return n, errors.New("more than is taken")
	}
	return n, nil
}
