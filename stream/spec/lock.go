package spec

import (
	"bufio"
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Lock is ids.lock: the number of each command, for ever. A line is `number name`; 0 is never used.
type Lock struct {
	Names []string // by number; Names[0] is ""
	ids   map[string]int
}

// ParseLock reads ids.lock; numbers must be 1, 2, 3 … and names unique.
func ParseLock(text []byte) (*Lock, error) {
	l := &Lock{Names: []string{""}, ids: map[string]int{}}
	sc := bufio.NewScanner(bytes.NewReader(text))
	for line := 1; sc.Scan(); line++ {
		num, name, ok := strings.Cut(sc.Text(), " ")
		n, err := strconv.Atoi(num)
		switch {
		case !ok || err != nil || name == "" || strings.ContainsAny(name, " \t"):
			return nil, fmt.Errorf("spec: ids.lock:%d: %q is not `number name`", line, sc.Text())
		case n != len(l.Names):
			return nil, fmt.Errorf("spec: ids.lock:%d: number %d where %d must stand: the file only grows at its end", line, n, len(l.Names))
		case l.ids[name] != 0:
			return nil, fmt.Errorf("spec: ids.lock:%d: %s has number %d already", line, name, l.ids[name])
		case n > 0xffff:
			return nil, fmt.Errorf("spec: ids.lock:%d: a record's op has 16 bits", line)
		}
		l.ids[name] = n
		l.Names = append(l.Names, name)
	}
	return l, sc.Err()
}

// ID gives the number of a name, 0 if it has none.
func (l *Lock) ID(name string) int { return l.ids[name] }

// Add gives a name its number, a new one at the end if it has none.
func (l *Lock) Add(name string) int {
	if n := l.ids[name]; n != 0 {
		return n
	}
	n := len(l.Names)
	l.Names = append(l.Names, name)
	l.ids[name] = n
	return n
}

// Text is the file.
func (l *Lock) Text() []byte {
	var b bytes.Buffer
	for n, name := range l.Names[1:] {
		fmt.Fprintf(&b, "%d %s\n", n+1, name)
	}
	return b.Bytes()
}

// GrowsFrom checks that l is old with names added at the end.
func (l *Lock) GrowsFrom(old *Lock) error {
	for n, name := range old.Names {
		if n >= len(l.Names) || l.Names[n] != name {
			return fmt.Errorf("spec: ids.lock: number %d was %s: numbers are for ever", n, name)
		}
	}
	return nil
}
