package spec

import (
	"slices"
	"strings"
)

// Profiles of desktop OpenGL.
const (
	Core   = 1
	Compat = 2
)

// VersionCoverage says how much of a GL version (with all before it) is covered in a profile.
type VersionCoverage struct {
	Number  string
	Need    int
	Missing []string // sorted
}

// Offered is an extension that may be offered, with the profiles (Core, Compat) in which all its commands are covered.
type Offered struct {
	Name     string
	Profiles int
}

// Coverage gives one VersionCoverage for each version, ascending.
func (m *Model) Coverage(profile int) []VersionCoverage {
	name := profileName(profile)
	need := map[string]bool{}
	var out []VersionCoverage
	for _, f := range m.Registry.Versions {
		for _, q := range f.Requires {
			if q.Profile == "" || q.Profile == name {
				for _, c := range q.Commands {
					need[c] = true
				}
			}
		}
		for _, q := range f.Removes {
			if q.Profile == "" || q.Profile == name {
				for _, c := range q.Commands {
					delete(need, c)
				}
			}
		}
		v := VersionCoverage{Number: f.Number, Need: len(need)}
		for c := range need {
			if m.Entry(c) == nil {
				v.Missing = append(v.Missing, c)
			}
		}
		slices.Sort(v.Missing)
		out = append(out, v)
	}
	return out
}

func profileName(profile int) string {
	if profile == Core {
		return "core"
	}
	return "compatibility"
}

// MaxVersion is the highest version, major * 10 + minor, of which nothing is missing; 0: none.
func (m *Model) MaxVersion(profile int) int {
	best := 0
	all := m.Coverage(profile)
	for _, v := range all {
		// Commands that a later version removes from core must not hold core back: only 3.2 and on have profiles.
		if profile == Core && v.Number < "3.2" {
			continue
		}
		if len(v.Missing) > 0 {
			break
		}
		best = int(v.Number[0]-'0')*10 + int(v.Number[2]-'0')
	}
	return best
}

// OfferedExtensions are the overlay's `extensions:` whose commands are all covered; the second list tells what the others lack.
func (m *Model) OfferedExtensions() (offered []Offered, lacking map[string][]string) {
	lacking = map[string][]string{}
	for _, want := range m.ExtensionNames {
		i := slices.IndexFunc(m.Registry.Extensions, func(f Feature) bool { return f.Name == want })
		f := &m.Registry.Extensions[i]
		o := Offered{Name: want}
		for _, profile := range []int{Core, Compat} {
			if profile == Core && !f.in("glcore") {
				continue
			}
			missing := m.missing(f, profile)
			if len(missing) == 0 {
				o.Profiles |= profile
			} else {
				lacking[want+" ("+profileName(profile)+")"] = missing
			}
		}
		if o.Profiles != 0 {
			offered = append(offered, o)
		}
	}
	return offered, lacking
}

func (m *Model) missing(f *Feature, profile int) (out []string) {
	for _, q := range f.Requires {
		if q.API != "" && q.API != "gl" || q.Profile != "" && q.Profile != profileName(profile) {
			continue
		}
		for _, c := range q.Commands {
			if m.Entry(c) == nil && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// desktop gives the names of all commands that api gl has in any version or extension, sorted.
func (r *Registry) desktop() []string {
	set := map[string]bool{}
	for _, fs := range [][]Feature{r.Versions, r.Extensions} {
		for _, f := range fs {
			for _, q := range f.Requires {
				if q.API != "" && q.API != "gl" {
					continue
				}
				for _, c := range q.Commands {
					if strings.HasPrefix(c, "gl") {
						set[c] = true
					}
				}
			}
		}
	}
	out := make([]string, 0, len(set))
	for c := range set {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}
