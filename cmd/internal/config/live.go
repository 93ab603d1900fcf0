package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/spf13/pflag"
)

// live tells whether a key may change while sessions run. What has been drawn into framebuffer objects is shifted or is not; nobody can put
// it together.
func live(key string) bool {
	return key == "grid" || key != "tiling::offscreen" && strings.HasPrefix(key, "tiling"+delimiter) || strings.HasPrefix(key, "balance"+delimiter)
}

// ResolveBytes is Resolve of a policy that is in memory; name is the file's, for messages.
func ResolveBytes(name string, data []byte, flags *pflag.FlagSet) (Config, []Value, error) {
	if len(data) > maxFileBytes {
		return Config{}, nil, Problems{{Where: name, Text: fmt.Sprintf("more than %d bytes", maxFileBytes)}}
	}
	values, ps := parse(name, data)
	return resolve(values, ps, flags)
}

// CheckChange tells what forbids that a running policy becomes another: all but tiles and balance is settled when a run starts. values are
// next's, for the places.
func CheckChange(now, next Config, values []Value) error {
	var ps Problems
	for _, v := range values {
		if !live(v.Key) && v.Key != "nodes" && !reflect.DeepEqual(now.value(v.Key), v.Value) {
			p := Problem{Key: v.Key, Text: fmt.Sprintf("is %v since the start and cannot become %v while apps run; start prism anew for that", yamlText(now.value(v.Key)), yamlText(v.Value))}
			if v.From != "default" {
				p.Where = v.From
			}
			ps = append(ps, p)
		}
	}
	if (now.Tiling.Mode == TilingWall) != (next.Tiling.Mode == TilingWall) {
		ps = append(ps, Problem{Key: "tiling::mode", Text: fmt.Sprintf("is %s since the start and cannot become %s while apps run: a wall is settled when a run starts", now.Tiling.Mode, next.Tiling.Mode)})
	}
	was, _ := now.Divide()
	if n, d := next.Divide(); n != was {
		ps = append(ps, Problem{Key: "nodes", Text: fmt.Sprintf("%d nodes draw since the start, tiling %s is for %d; start prism anew for that", was, d.Name, n)})
	}
	return ps.orNil()
}
