package shader

import "strings"

// undecided says where a source asks the preprocessor what the driver answers in its own way: which extensions it has
// (GL_ARB_…), or who made it. glslang would answer for itself, and the tree might be of other lines than the driver compiles.
func undecided(source string) *reason {
	own := map[string]bool{}
	var asked []asking
	scanDirectives(source, own, &asked)
	for _, a := range asked {
		if !own[a.name] && (a.name != bareGL || own[paste]) {
			return &reason{a.line, "asks for " + a.name + ", which each driver answers in its own way"}
		}
	}
	return nil
}

type asking struct {
	name string
	line int
}

// Names may be pasted together: where ## stands anywhere, GL alone may become one.
const (
	paste  = "##"
	bareGL = "GL"
)

// decided are the names with GL_ or __ that all front ends know alike.
var decided = map[string]bool{
	"GL_ES": true, "GL_core_profile": true, "GL_compatibility_profile": true, "GL_es_profile": true,
	"__VERSION__": true, "__LINE__": true, "__FILE__": true,
}

// scanDirectives reads the lines that begin with #, without comments and with continued lines as one. It gathers in own what
// they define and in asked what #if and its like name and #define puts into macros.
func scanDirectives(text string, own map[string]bool, asked *[]asking) {
	line, atStart := 1, true
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '\n':
			line++
			atStart = true
			i++
		case c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f':
			i++
		case continued(text[i:]) > 0:
			line++
			i += continued(text[i:])
		case strings.HasPrefix(text[i:], "//"):
			for i < len(text) && text[i] != '\n' {
				if n := continued(text[i:]); n > 0 {
					line++
					i += n
					continue
				}
				i++
			}
		case strings.HasPrefix(text[i:], "/*"):
			i, line = skipComment(text, i, line)
		case c == '#' && atStart:
			begin := line
			var words []string
			words, i, line = directive(text, i+1, line)
			noteDirective(words, begin, own, asked)
			atStart = true
		default:
			atStart = false
			i++
		}
	}
}

// continued gives the length of a backslash and line end that text begins with.
func continued(text string) int {
	switch {
	case strings.HasPrefix(text, "\\\n"):
		return 2
	case strings.HasPrefix(text, "\\\r\n"):
		return 3
	}
	return 0
}

func skipComment(text string, i, line int) (int, int) {
	end := strings.Index(text[i+2:], "*/")
	if end < 0 {
		return len(text), line
	}
	end += i + 4
	return end, line + strings.Count(text[i:end], "\n")
}

// directive gives the words (identifiers, and ##) up to the line's end.
func directive(text string, i, line int) ([]string, int, int) {
	var words []string
	for i < len(text) {
		c := text[i]
		switch {
		case c == '\n':
			return words, i, line
		case continued(text[i:]) > 0:
			line++
			i += continued(text[i:])
		case strings.HasPrefix(text[i:], "/*"):
			i, line = skipComment(text, i, line)
		case strings.HasPrefix(text[i:], "//"):
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case strings.HasPrefix(text[i:], paste):
			words = append(words, paste)
			i += 2
		case letter(c):
			from := i
			for i < len(text) && (letter(text[i]) || text[i] >= '0' && text[i] <= '9') {
				i++
			}
			words = append(words, text[from:i])
		case c >= '0' && c <= '9' || c == '.':
			for i < len(text) && (letter(text[i]) || text[i] >= '0' && text[i] <= '9' || text[i] == '.') {
				i++
			}
		default:
			i++
		}
	}
	return words, i, line
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func noteDirective(words []string, line int, own map[string]bool, asked *[]asking) {
	if len(words) == 0 {
		return
	}
	switch words[0] {
	case "define":
		if len(words) > 1 {
			own[words[1]] = true
		}
	case "if", "ifdef", "ifndef", "elif":
	default:
		return
	}
	for i, w := range words[1:] {
		if w == paste {
			own[paste] = true
		}
		vendor := strings.HasPrefix(w, "GL_") || strings.HasPrefix(w, "__") || w == bareGL
		if vendor && !decided[w] && !(words[0] == "define" && i == 0) {
			*asked = append(*asked, asking{w, line})
		}
	}
}
