package dice

import "testing"

// Pictures depend on these numbers: they must never change.
func TestNumbersNeverChange(t *testing.T) {
	r := Rand(0)
	for i, want := range []uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f} { // splitmix64's own test values
		if got := r.Next(); got != want {
			t.Errorf("number %d of seed 0 is %#x, want %#x", i, got, want)
		}
	}
	if a, b := New(1, 2).Next(), New(1, 3).Next(); a == b || a != New(1, 2).Next() {
		t.Errorf("generators %#x and %#x: want two that differ, and the same again", a, b)
	}
}

func TestRanges(t *testing.T) {
	r := New(9)
	var seen [7]int
	for range 7000 {
		if u := r.Unit(); u < 0 || u >= 1 {
			t.Fatalf("Unit gives %g", u)
		}
		if b := r.Between(-3, 5); b < -3 || b >= 5 {
			t.Fatalf("Between(-3, 5) gives %g", b)
		}
		seen[r.N(7)]++
	}
	for i, n := range seen {
		if n < 850 || n > 1150 {
			t.Errorf("N(7) gave %d %d times of 7000", i, n)
		}
	}
}

func TestFractalRepeats(t *testing.T) {
	lo, hi := float32(1), float32(0)
	for i := range 64 * 64 {
		x, y := i%64, i/64
		a := Fractal(x, y, 64, 5, 3)
		lo, hi = min(lo, a), max(hi, a)
		if a < 0 || a >= 1 {
			t.Fatalf("%d,%d: %g", x, y, a)
		}
		// The step over the rim is as small as any other.
		if x == 63 {
			if d := a - Fractal(0, y, 64, 5, 3); d > 0.25 || d < -0.25 {
				t.Errorf("row %d jumps by %g at the rim", y, d)
			}
		}
	}
	if hi-lo < 0.3 {
		t.Errorf("from %g to %g: flat", lo, hi)
	}
}
