package show

import (
	"testing"
)

func TestParse(t *testing.T) {
	var blocks int
	s := Sample{Name: "town", Numbers: []Number{{Value: &blocks, Name: "blocks", Default: 26, Least: 1, Most: 64}}}
	o, err := s.parse([]string{"--frames", "3", "--first", "9", "--size", "1920x1080", "--seed=7", "--png", "d", "--fps-free", "--blocks", "5"})
	want := Options{Frames: 3, First: 9, Width: 1920, Height: 1080, Seed: 7, PNG: "d", FPSFree: true}
	if err != nil || o != want || blocks != 5 {
		t.Errorf("%+v, blocks %d, %v; want %+v and 5", o, blocks, err, want)
	}
	o, err = s.parse(nil)
	if want = (Options{Width: 1280, Height: 720, Seed: 1}); err != nil || o != want || blocks != 26 {
		t.Errorf("without arguments: %+v, blocks %d, %v; want %+v and 26", o, blocks, err, want)
	}
	for name, args := range map[string][]string{
		"Size":     {"--size", "1920"},
		"SizeTail": {"--size", "1920x1080p"},
		"SizeZero": {"--size", "0x10"},
		"SizeHuge": {"--size", "20000x10"},
		"Negative": {"--frames", "-1"},
		"First":    {"--first", "-1"},
		"Rest":     {"now"},
		"Least":    {"--blocks", "0"},
		"Most":     {"--blocks", "65"},
	} {
		t.Run(name, func(t *testing.T) {
			if o, err := s.parse(args); err == nil {
				t.Errorf("%q is taken: %+v", args, o)
			}
		})
	}
}
