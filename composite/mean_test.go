package composite

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
)

// meanOf is what Mean must come to: slow, and in another way.
func meanOf(pictures [][]byte, weights []int) []byte {
	total := 0
	for _, w := range weights {
		total += w
	}
	out := make([]byte, len(pictures[0]))
	for i := range out {
		sum := 0
		for k, p := range pictures {
			sum += weights[k] * int(p[i])
		}
		q := sum / total
		if 2*(sum-q*total) >= total {
			q++
		}
		out[i] = byte(q)
	}
	return out
}

func mean(t testing.TB, w, h int, pictures [][]byte, weights []int, order []int) []byte {
	t.Helper()
	total := 0
	for _, v := range weights {
		total += v
	}
	sums := bytes.Repeat([]byte{0xa5}, SumBytes(w*h)) // what was there before does not matter
	var m Mean
	if err := m.Reset(w, h, total, sums); err != nil {
		t.Fatal(err)
	}
	for i, k := range order {
		if m.Complete() {
			t.Fatalf("complete after %d of %d", i, len(order))
		}
		if err := m.Put(pictures[k], weights[k]); err != nil {
			t.Fatal(err)
		}
	}
	out := make([]byte, w*h*PixelBytes)
	if err := m.Finish(out); err != nil || !m.Complete() {
		t.Fatal(err)
	}
	return out
}

func TestMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for n := 1; n <= 40; n++ {
		w, h := 1+rng.IntN(7), 1+rng.IntN(7) // OddImageSize among them
		var pictures [][]byte
		var weights []int
		for range n {
			p := make([]byte, w*h*PixelBytes)
			for i := range p {
				p[i] = []byte{0, 255, byte(rng.IntN(256))}[rng.IntN(3)]
			}
			pictures, weights = append(pictures, p), append(weights, 1+rng.IntN(n%5+1))
		}
		want := meanOf(pictures, weights)
		for range 3 {
			if got := mean(t, w, h, pictures, weights, rng.Perm(n)); !bytes.Equal(got, want) {
				t.Fatalf("%d pictures of %d×%d, weights %v: %v, want %v", n, w, h, weights, got, want)
			}
		}
	}
}

// Each sum that can be has its quotient.
func TestMeanOfEachSum(t *testing.T) {
	for n := 1; n <= MaxWeight; n++ {
		for sum := 0; sum <= 255*n; sum++ {
			var lane, out [16]byte
			for i := range 8 {
				lane[2*i], lane[2*i+1] = byte(sum), byte(sum>>8)
			}
			divide(out[:8], lane[:], n)
			if want := byte((2*sum + n) / (2 * n)); out[0] != want || !bytes.Equal(out[:8], bytes.Repeat(out[:1], 8)) {
				t.Fatalf("%d / %d is %v, want %d", sum, n, out[:8], want)
			}
		}
	}
}

func TestMeanRefuses(t *testing.T) {
	var m Mean
	for name, err := range map[string]error{
		"Sums":     m.Reset(2, 2, 1, make([]byte, 16)),
		"Weight":   m.Reset(2, 2, MaxWeight+1, make([]byte, SumBytes(4))),
		"NoWeight": m.Reset(2, 2, 0, make([]byte, SumBytes(4))),
	} {
		if !errors.Is(err, ErrPiece) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := m.Put(nil, 1); !errors.Is(err, ErrLate) {
		t.Errorf("before Reset: %v", err)
	}
	if err := m.Reset(2, 2, 2, make([]byte, SumBytes(4))); err != nil {
		t.Fatal(err)
	}
	if err := m.Put(make([]byte, 12), 1); !errors.Is(err, ErrPiece) {
		t.Errorf("too short: %v", err)
	}
	if err := m.Finish(make([]byte, 16)); !errors.Is(err, ErrPiece) {
		t.Errorf("none came: %v", err)
	}
	if err := m.Put(make([]byte, 16), 2); err != nil {
		t.Fatal(err)
	}
	if err := m.Put(make([]byte, 16), 1); !errors.Is(err, ErrLate) {
		t.Errorf("one too many: %v", err)
	}
	if len(m.Sums()) != SumBytes(4) || m.Complete() && m.Put(nil, 1) == nil {
		t.Error("it goes on without sums")
	}
}

func BenchmarkMean(b *testing.B) {
	const w, h = 1920, 1080
	for _, n := range []int{2, 3, 4, 8} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			pix := make([]byte, w*h*PixelBytes)
			for i := range pix {
				pix[i] = byte(i * 7)
			}
			sums, out := make([]byte, SumBytes(w*h)), make([]byte, len(pix))
			var m Mean
			b.SetBytes(int64(n * len(pix)))
			b.ReportAllocs()
			for b.Loop() {
				if err := m.Reset(w, h, n, sums); err != nil {
					b.Fatal(err)
				}
				for range n {
					if err := m.Put(pix, 1); err != nil {
						b.Fatal(err)
					}
				}
				if err := m.Finish(out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
