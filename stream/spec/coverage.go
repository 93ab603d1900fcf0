package spec

import (
	"slices"
	"strings"
)

// Profiles: two of desktop OpenGL, and OpenGL ES from 2.0 on.
const (
	Core   = 1
	Compat = 2
	ES     = 4
)

// VersionCoverage says how much of a GL version (with all before it) is covered in a profile.
type VersionCoverage struct {
	Number  string
	Need    int
	Missing []string // sorted
}

// Offered is an extension that may be offered, with the profiles (Core, Compat, ES) in which all its commands are covered.
type Offered struct {
	Name     string
	Profiles int
}

// Coverage gives one VersionCoverage for each version, ascending.
func (m *Model) Coverage(profile int) []VersionCoverage {
	name := profileName(profile)
	need := map[string]bool{}
	var out []VersionCoverage
	for _, f := range m.versions(profile) {
		f.change(need, name)
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

// versions of a profile's API, ascending.
func (m *Model) versions(profile int) []Feature {
	if profile == ES {
		return m.Registry.ESVersions
	}
	return m.Registry.Versions
}

// change brings a profile's commands from one version to the next, f.
func (f *Feature) change(commands map[string]bool, profile string) {
	for _, q := range f.Requires {
		for _, c := range q.Commands {
			if q.Profile == "" || q.Profile == profile {
				commands[c] = true
			}
		}
	}
	for _, q := range f.Removes {
		for _, c := range q.Commands {
			if q.Profile == "" || q.Profile == profile {
				delete(commands, c)
			}
		}
	}
}

// CompatOnly are the commands that the last version has in its compatibility profile alone, and OpenGL ES has not.
func (m *Model) CompatOnly() map[string]bool {
	has := map[int]map[string]bool{Core: {}, Compat: {}, ES: {}}
	for profile, commands := range has {
		for _, f := range m.versions(profile) {
			f.change(commands, profileName(profile))
		}
	}
	only := has[Compat]
	for c := range only {
		if has[Core][c] || has[ES][c] {
			delete(only, c)
		}
	}
	return only
}

func profileName(profile int) string {
	switch profile {
	case Core:
		return "core"
	case ES:
		return "ES"
	}
	return "compatibility"
}

// supports tells whether an extension is one of a profile's API. The registry names for core only those that were written for it; drivers have
// others there too (GL_ARB_texture_float, GL_EXT_texture_filter_anisotropic), and apps look for them. What is offered is cut to what the
// lead node's own context of that profile has.
func (f *Feature) supports(profile int) bool {
	switch profile {
	case ES:
		return f.in("gles2")
	}
	return f.in("gl") || f.in("glcore")
}

// apiOf is what the registry calls a profile's API where it says for which one a part of an extension is.
func apiOf(profile int) string {
	if profile == ES {
		return "gles2"
	}
	return "gl"
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
		for _, profile := range []int{Core, Compat, ES} {
			if !f.supports(profile) {
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
	for _, name := range m.Unlisted {
		offered = append(offered, Offered{name, ES})
	}
	slices.SortFunc(offered, func(x, y Offered) int { return strings.Compare(x.Name, y.Name) })
	return offered, lacking
}

func (m *Model) missing(f *Feature, profile int) (out []string) {
	for _, q := range f.Requires {
		if q.API != "" && q.API != apiOf(profile) || q.Profile != "" && q.Profile != profileName(profile) {
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

// entryPoints gives the names of all commands that desktop OpenGL or OpenGL ES has in any version or extension, sorted.
func (r *Registry) entryPoints() []string {
	set := map[string]bool{}
	for _, fs := range [][]Feature{r.Versions, r.ESVersions, r.Extensions} {
		for _, f := range fs {
			for _, q := range f.Requires {
				if q.API != "" && q.API != "gl" && q.API != "gles2" {
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
