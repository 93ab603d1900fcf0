package spec

import (
	"slices"
	"strings"
)

// maxAsked slots have a bit each in a word of the driver, beside six of its own (stream/driver/gl/state/kept.c).
const maxAsked = 58

// asked checks what is asked of slots: each is a command's, each word is one of the registry and stands once. Sorted by slot.
func (b *builder) asked(list []Asked, commands []*Command) []Asked {
	slots := map[string]bool{}
	for _, c := range commands {
		slots[c.Slot()] = true
		if i := slices.IndexFunc(list, func(a Asked) bool { return a.Slot == c.Slot() }); i >= 0 && c.Has("span") {
			b.bad.add(c.file, c.line, "%s: flag span: %s is asked, and what stands in spans is not followed", c.Name, c.Slot())
		}
	}
	numbers, seen := map[uint64]string{}, map[string]bool{}
	for _, a := range list {
		if !slots[a.Slot] || a.Slot == "" {
			b.bad.add(a.File, a.Line, "asked: no command's key has the slot %q", a.Slot)
		}
		if seen[a.Slot] {
			b.bad.add(a.File, a.Line, "asked: %s stands there twice", a.Slot)
		}
		seen[a.Slot] = true
		for _, w := range a.Names {
			v, ok := b.reg.Enums[w.Text]
			switch old := numbers[v]; {
			case !ok:
				b.bad.add(a.File, w.Line, "asked: %s: %s is no constant of the registry", a.Slot, w.Text)
			case old != "":
				b.bad.add(a.File, w.Line, "asked: %s: %s has the number of %s, which stands there already", a.Slot, w.Text, old)
			default:
				numbers[v] = w.Text
			}
		}
	}
	if len(list) > maxAsked {
		b.bad.add(list[maxAsked].File, list[maxAsked].Line, "asked: %d slots, at most %d", len(list), maxAsked)
	}
	out := slices.Clone(list)
	slices.SortFunc(out, func(x, y Asked) int { return strings.Compare(x.Slot, y.Slot) })
	return out
}
