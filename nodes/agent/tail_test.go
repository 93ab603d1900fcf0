package agent

import (
	"strings"
	"testing"
)

func TestTail(t *testing.T) {
	crash := "SIGSEGV: segmentation violation\nPC=0x1 m=0 sigcode=0\n\ngoroutine 1 [running]:\n" + strings.Repeat("main.main()\n", 500)
	for _, tt := range []struct {
		name   string
		writes []string
		max    int
		want   string
		lines  int
	}{
		{"Empty", nil, 100, "", 0},
		{"HalfALine", []string{"no ", "end"}, 100, "no end", 1},
		{"LastLines", []string{"first\nsecond\n", "third\n"}, 14, "second\nthird", 3},
		{"LongLine", []string{strings.Repeat("x", 30) + "end"}, 8, "xxxxend", 1},
		{"Crash", []string{"before\n", crash}, 2048, "before\nSIGSEGV: segmentation violation\nPC=0x1 m=0 sigcode=0", 504},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lines := 0
			s := tail{max: tt.max, next: func([]byte) { lines++ }}
			for _, w := range tt.writes {
				if n, err := s.Write([]byte(w)); n != len(w) || err != nil {
					t.Fatalf("wrote %d, %v", n, err)
				}
			}
			if got := s.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if lines != tt.lines {
				t.Errorf("%d lines were passed on, want %d", lines, tt.lines)
			}
		})
	}
}
