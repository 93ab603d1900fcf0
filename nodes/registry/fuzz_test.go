package registry

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/prismgl/prism/nodes/bus"
)

// FuzzEntry: what anybody may have written into the bucket is a node under its own name, or nobody.
func FuzzEntry(f *testing.F) {
	f.Add("n0", []byte(`{"name":"n0","instance":"i","device":-1,"labels":{"a":"b"},"started":"2026-01-02T03:04:05Z","load":0.5}`))
	f.Add("n0", []byte(`{"name":"n1","instance":"i"}`))
	f.Add("n0", []byte(`{"name":"n0"}`))
	f.Add("a.b", []byte(`{"name":"a.b","instance":"i"}`))
	f.Add("n0", []byte(`{"name":"n0","instance":"i","renderer":"\u001b[2J","labels":{"\n":"\t"}}`))
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		n, err := decode(bus.Entry{Key: key, Value: value})
		if err != nil {
			if !errors.Is(err, ErrNode) {
				t.Fatalf("class of %v", err)
			}
			return
		}
		if n.Name != key || n.Instance == "" || bus.CheckName("node", n.Name) != nil {
			t.Fatalf("entry %q gives %+v", key, n)
		}
		if text := n.Renderer; bus.Printable(text) != text {
			t.Fatalf("not fit for a terminal: %q", text)
		}
		for k, v := range n.Labels {
			if bus.Printable(k) != k || bus.Printable(v) != v {
				t.Fatalf("not fit for a terminal: %q=%q", k, v)
			}
		}
		b, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decode(bus.Entry{Key: key, Value: b})
		if err != nil || !again.Started.Equal(n.Started) {
			t.Fatalf("%+v became %+v, %v", n, again, err)
		}
		if again.Started = n.Started; len(n.Labels) > 0 && !reflect.DeepEqual(again, n) {
			t.Fatalf("%+v became %+v", n, again)
		}
	})
}
