package shader

import (
	"slices"
	"strings"
)

// What the preprocessor is asked is answered by the driver in its own way where it is about extensions (GL_ARB_…) or who made
// it. glslang would answer for itself, and its tree might be of other lines than the driver compiles. So a source that asks for
// extensions is analysed for each possible answer, and has a map where that is always the same.

const (
	maxAsked = 3 // names with which the answers are tried through
	// What takes the place of names in directives; the front end defines the first.
	answerYes = "prism_yes"
	answerNo  = "prism_no"
	// Names may be pasted together: where ## stands anywhere, GL alone may become one.
	paste  = "##"
	bareGL = "GL"
)

// decided are the names with GL_ or __ that all front ends know alike.
var decided = map[string]bool{
	"GL_ES": true, "GL_core_profile": true, "GL_compatibility_profile": true, "GL_es_profile": true,
	"__VERSION__": true, "__LINE__": true, "__FILE__": true,
}

// asking is a name in a directive.
type asking struct {
	name     string
	line     int
	from, to int // in the source
	broken   bool
}

func (a *asking) reason() *reason {
	return &reason{a.line, "asks for " + a.name + ", which each driver answers in its own way"}
}

// variants are the sources that a driver may see: the one itself, or one for each combination of answers. why is set where
// they cannot be told.
func variants(source string) (all []string, first *asking, why *reason) {
	d := directives{text: source, line: 1, own: map[string]bool{}}
	d.scan()
	var names []string
	d.asked = slices.DeleteFunc(d.asked, func(a asking) bool {
		return d.own[a.name] || a.name == bareGL && !d.own[paste]
	})
	for i := range d.asked {
		a := &d.asked[i]
		if !strings.HasPrefix(a.name, "GL_") || a.name == "GL_" || a.broken || d.own[paste] {
			return nil, a, a.reason()
		}
		if !slices.Contains(names, a.name) {
			names = append(names, a.name)
		}
		if len(names) > maxAsked {
			return nil, a, a.reason()
		}
	}
	if len(names) == 0 {
		return []string{source}, nil, nil
	}
	for yes := range uint(1) << len(names) {
		var b strings.Builder
		at := 0
		for _, a := range d.asked {
			b.WriteString(source[at:a.from])
			if yes>>slices.Index(names, a.name)&1 != 0 {
				b.WriteString(answerYes)
			} else {
				b.WriteString(answerNo)
			}
			at = a.to
		}
		b.WriteString(source[at:])
		all = append(all, b.String())
	}
	// The most answers with yes first: that is what a driver of today says.
	slices.Reverse(all)
	return all, &d.asked[0], nil
}

// directives reads the lines that begin with #, without comments and with continued lines as one. own are the names that they
// define, asked those that #if and its like name and that #define puts into macros.
type directives struct {
	text    string
	i, line int
	own     map[string]bool
	asked   []asking
}

func (d *directives) rest() string { return d.text[d.i:] }

// continued steps over a backslash and line end.
func (d *directives) continued() bool {
	switch {
	case strings.HasPrefix(d.rest(), "\\\n"):
		d.i += 2
	case strings.HasPrefix(d.rest(), "\\\r\n"):
		d.i += 3
	default:
		return false
	}
	d.line++
	return true
}

// comment steps over one; a line comment without the line's end.
func (d *directives) comment() bool {
	switch {
	case strings.HasPrefix(d.rest(), "//"):
		for d.i < len(d.text) && d.text[d.i] != '\n' {
			if !d.continued() {
				d.i++
			}
		}
	case strings.HasPrefix(d.rest(), "/*"):
		end := strings.Index(d.text[d.i+2:], "*/")
		if end < 0 {
			end = len(d.text)
		} else {
			end += d.i + 4
		}
		d.line += strings.Count(d.text[d.i:end], "\n")
		d.i = end
	default:
		return false
	}
	return true
}

func (d *directives) scan() {
	atStart := true
	for d.i < len(d.text) {
		if d.continued() || d.comment() {
			continue
		}
		switch c := d.text[d.i]; c {
		case '\n':
			d.line++
			d.i++
			atStart = true
		case ' ', '\t', '\r', '\v', '\f':
			d.i++
		case '#':
			d.i++
			if atStart {
				d.note(d.words())
			}
		default:
			d.i++
			atStart = false
		}
	}
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

// words gives the identifiers up to the line's end, and ##.
func (d *directives) words() []asking {
	begin := d.line
	var words []asking
	for d.i < len(d.text) {
		if d.continued() || d.comment() {
			continue
		}
		from := d.i
		switch c := d.text[d.i]; {
		case c == '\n':
			return words
		case strings.HasPrefix(d.rest(), paste):
			d.i += len(paste)
			words = append(words, asking{name: paste, line: begin, from: from, to: d.i})
		case letter(c):
			w := asking{line: begin, from: from}
			for d.i < len(d.text) && (letter(d.text[d.i]) || digit(d.text[d.i])) {
				w.name += d.text[d.i : d.i+1]
				d.i++
				w.to = d.i
				for d.continued() {
					w.broken = w.broken || d.i < len(d.text) && (letter(d.text[d.i]) || digit(d.text[d.i]))
				}
			}
			words = append(words, w)
		case digit(c) || c == '.':
			for d.i < len(d.text) && (letter(d.text[d.i]) || digit(d.text[d.i]) || d.text[d.i] == '.') {
				d.i++
			}
		default:
			d.i++
		}
	}
	return words
}

// note takes what a directive defines and asks.
func (d *directives) note(words []asking) {
	if len(words) == 0 {
		return
	}
	rest := words[1:]
	switch words[0].name {
	case "define":
		if len(rest) > 0 {
			d.own[rest[0].name] = true
			rest = rest[1:]
		}
	case "if", "ifdef", "ifndef", "elif":
	default:
		return
	}
	for _, w := range rest {
		switch {
		case w.name == paste:
			d.own[paste] = true
		case decided[w.name]:
		case strings.HasPrefix(w.name, "GL_") || strings.HasPrefix(w.name, "__") || w.name == bareGL:
			d.asked = append(d.asked, w)
		}
	}
}
