package bus

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/prismgl/prism/nodes/lane"
)

// ErrName is the class of errors in names that become part of subjects.
var ErrName = errors.New("bus: bad name")

const maxNameBytes = 64

// CheckName says whether a name can be one token of a subject: 1 to 64 letters, digits, '-' and '_'.
func CheckName(what, name string) error {
	if name == "" || len(name) > maxNameBytes {
		return fmt.Errorf("%w: %s %q: want 1 to %d letters, digits, - or _", ErrName, what, name, maxNameBytes)
	}
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
		default:
			return fmt.Errorf("%w: %s %q: %q is not allowed; want letters, digits, - or _", ErrName, what, name, r)
		}
	}
	return nil
}

// NewSession makes a session's name that nobody can guess.
func NewSession() string { return strings.ToLower(rand.Text()) }

func subjectAll(session string) string       { return "prism.s." + session + ".all" }
func subjectTo(session string, n int) string { return "prism.s." + session + ".to." + strconv.Itoa(n) }
func subjectUp(session string, n int) string { return "prism.s." + session + ".up." + strconv.Itoa(n) }
func subjectUps(session string) string       { return "prism.s." + session + ".up.*" }

// sessionOf gives the beginning that all subjects of one session share.
func sessionOf(subject string) string {
	parts := strings.SplitN(subject, ".", 4)
	return strings.Join(parts[:3], ".") + "."
}

// SubjectEvent is where agents publish a PeerEvent of a session.
func SubjectEvent(session string) string { return "prism.s." + session + ".event" }

// PeerEvent tells a session that the process of one of its peers has ended. It travels as JSON.
type PeerEvent struct {
	Peer   int    `json:"peer"`
	Exit   int    `json:"exit"`             // exit status, -1: a signal
	Signal string `json:"signal,omitempty"` // "segmentation fault"
	Stderr string `json:"stderr,omitempty"` // the last of what it said
}

// Reason says it in one line, with what was said last.
func (e *PeerEvent) Reason() string {
	s := fmt.Sprintf("the worker ended with status %d", e.Exit)
	if e.Signal != "" {
		s = "the worker was ended by a signal: " + Printable(e.Signal)
	}
	if t := strings.TrimSpace(e.Stderr); t != "" {
		lines := strings.FieldsFunc(t, func(r rune) bool { return r == '\n' })
		for i := range lines {
			lines[i] = Printable(lines[i])
		}
		s += "; it said: " + strings.Join(lines, " | ")
	}
	return s
}

// Printable makes what somebody wrote fit for a message, as lane.Printable does.
func Printable(s string) string { return lane.Printable([]byte(s)) }
