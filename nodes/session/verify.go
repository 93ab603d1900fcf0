package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/png"
)

// ErrVerify is the class of Result.Err: what was drawn is not what it should be, or proves nothing.
var ErrVerify = errors.New("session: verify")

// Diff is the first frame that differs.
type Diff struct {
	Drawable uint32 `json:"drawable"`
	Frame    uint64 `json:"frame"`
	// Rect bounds what differs; origin lower left.
	Rect     image.Rectangle `json:"rect"`
	Pixels   int             `json:"pixels"`
	MaxDelta int             `json:"max_delta"` // largest difference of a channel, 0 … 255
	// Text says it where there are no two pictures of one size to compare.
	Text  string   `json:"text,omitempty"`
	Files []string `json:"files,omitempty"` // want, got, diff
}

func (d *Diff) String() string {
	if d.Text != "" {
		return fmt.Sprintf("frame %d of drawable %d: %s", d.Frame, d.Drawable, d.Text)
	}
	return fmt.Sprintf("frame %d of drawable %d: %d pixels differ by up to %d, within x %d…%d, y %d…%d from below", d.Frame, d.Drawable,
		d.Pixels, d.MaxDelta, d.Rect.Min.X, d.Rect.Max.X-1, d.Rect.Min.Y, d.Rect.Max.Y-1)
}

// Result of Verify.
type Result struct {
	Frames    uint64 `json:"frames"` // compared and equal
	FirstDiff *Diff  `json:"first_diff,omitempty"`
	Want      Stats  `json:"want"`
	Got       Stats  `json:"got"`
}

// Err tells why the run proves nothing or something bad, nil when all frames are equal.
func (r *Result) Err() error {
	switch {
	case r.FirstDiff != nil:
		return fmt.Errorf("%w: %v", ErrVerify, r.FirstDiff)
	case len(r.Want.Unsupported) > 0:
		return fmt.Errorf("%w: commands were called that prism does not cover: %s", ErrVerify, strings.Join(r.Want.Unsupported, ", "))
	case r.Frames == 0:
		return fmt.Errorf("%w: no frame came", ErrVerify)
	case r.Want.Draws == 0 || r.Got.Draws == 0:
		return fmt.Errorf("%w: nothing was drawn in %d frames", ErrVerify, r.Frames)
	case r.Want.Dropped != 0 || r.Got.Dropped != 0:
		return fmt.Errorf("%w: %d and %d frames were dropped and not compared", ErrVerify, r.Want.Dropped, r.Got.Dropped)
	}
	return nil
}

// Verify plays two sessions of the same stream side by side and compares each frame, all four channels, exactly. want is
// usually one node, got the policy. Both play up to the first difference, whose pictures are written to dir (no files
// when dir is empty). An error means that it could not be carried out; the verdict is Result.Err.
func Verify(ctx context.Context, want, got Config, dir string) (Result, error) {
	return VerifyMean(ctx, []Weighted{{want, 1}}, got, dir)
}

// Weighted is a session whose frames count so often in a mean.
type Weighted struct {
	Config
	Weight int // at least 1
}

// VerifyMean compares each frame with the weighted mean of the frames of several sessions of the same stream, channel by channel and rounded
// to the nearest integer, a half upwards: with samples of sub-pixel frames that one node has drawn each.
func VerifyMean(ctx context.Context, want []Weighted, got Config, dir string) (Result, error) {
	var r Result
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var once sync.Once
	differ := func(d *Diff) error {
		once.Do(func() { r.FirstDiff = d })
		return errDiffers
	}
	// The session that ends first.
	var first struct {
		once sync.Once
		done chan struct{}
		err  error // valid when done is closed
	}
	first.done = make(chan struct{})
	// OnFrame of one side waits until the comparer has seen its frame, so that all stay in step.
	side := func(c *Config, to chan *offer, role string) {
		c.OnFrame = func(f *output.Frame) error {
			o := &offer{frame: f, seen: make(chan struct{})}
			alone := first.done
			for to := to; ; {
				select {
				case to <- o:
					to = nil
				case <-o.seen:
					return nil
				case <-alone:
					if o.paired.Load() { // the others were seen first and one has ended since
						alone = nil
						continue
					}
					if err := errors.Join(first.err, ctx.Err()); err != nil {
						return err
					}
					return differ(&Diff{Drawable: f.Drawable, Frame: f.Number, Text: "only " + role + " has it"})
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
	}
	g, gctx := errgroup.WithContext(ctx)
	play := func(c Config, role string, stats *Stats) chan *offer {
		offers := make(chan *offer)
		side(&c, offers, role)
		g.Go(func() (err error) {
			*stats, err = Run(gctx, c)
			first.once.Do(func() {
				first.err = err
				close(first.done)
			})
			return err
		})
		return offers
	}
	var from []chan *offer
	var weights []int
	stats := make([]Stats, len(want))
	for i, w := range want {
		from = append(from, play(w.Config, "the one that is compared with", &stats[i]))
		weights = append(weights, w.Weight)
	}
	from = append(from, play(got, "the one that is checked", &r.Got))
	// The comparer's error must end all sessions.
	stop := make(chan error, 1)
	go func() {
		err := compare(ctx, from, weights, dir, &r.Frames, differ)
		if err != nil {
			cancel()
		}
		stop <- err
	}()
	err := g.Wait()
	cancel()
	cmpErr := <-stop
	for i, s := range stats {
		if i == 0 {
			r.Want = s
		} else {
			r.Want.Draws, r.Want.Dropped = min(r.Want.Draws, s.Draws), r.Want.Dropped+s.Dropped
		}
	}
	if r.FirstDiff != nil || errors.Is(cmpErr, errDiffers) {
		return r, nil
	}
	if cmpErr != nil && !errors.Is(cmpErr, context.Canceled) {
		return r, cmpErr
	}
	return r, err
}

var errDiffers = errors.New("session: verify: frames differ")

// offer is a frame that its session holds until it is seen.
type offer struct {
	frame  *output.Frame
	paired atomic.Bool // its counterparts have come
	seen   chan struct{}
}

// compare takes a frame of each session until they differ or ctx ends. The last one is checked, the others have weights.
func compare(ctx context.Context, from []chan *offer, weights []int, dir string, equal *uint64, differ func(*Diff) error) error {
	for {
		var set []*offer
		for _, c := range from {
			select {
			case o := <-c:
				set = append(set, o)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		for _, o := range set {
			o.paired.Store(true)
		}
		got := set[len(set)-1].frame
		want, d := meanFrame(set[:len(set)-1], weights)
		if d == nil {
			d = Compare(want, got)
		}
		if d != nil {
			if dir != "" {
				var err error
				if d.Files, err = writeDiff(dir, want, got); err != nil {
					return err
				}
			}
			return differ(d)
		}
		*equal++
		for _, o := range set {
			close(o.seen)
		}
	}
}

// meanFrame is the mean of frames that must be of one number and size, or how they differ. It is not composite's: that is what it checks.
func meanFrame(set []*offer, weights []int) (*output.Frame, *Diff) {
	if len(set) == 1 {
		return set[0].frame, nil
	}
	mean := *set[0].frame
	mean.Pix = make([]byte, len(mean.Pix))
	total := 0
	sums := make([]int, len(mean.Pix))
	for i, o := range set {
		f := o.frame
		if f.Drawable != mean.Drawable || f.Number != mean.Number || f.Width != mean.Width || f.Height != mean.Height {
			return f, Compare(set[0].frame, f)
		}
		total += weights[i]
		for k, v := range f.Pix {
			sums[k] += weights[i] * int(v)
		}
	}
	for k, sum := range sums {
		mean.Pix[k] = byte((2*sum + total) / (2 * total))
	}
	return &mean, nil
}

// Compare gives the difference of two frames, nil when they are equal.
func Compare(want, got *output.Frame) *Diff {
	d := &Diff{Drawable: want.Drawable, Frame: want.Number}
	switch {
	case want.Drawable != got.Drawable || want.Number != got.Number:
		d.Text = fmt.Sprintf("the other session has frame %d of drawable %d here", got.Number, got.Drawable)
		return d
	case want.Width != got.Width || want.Height != got.Height:
		d.Text = fmt.Sprintf("it is %d×%d pixels, not %d×%d", got.Width, got.Height, want.Width, want.Height)
		return d
	case bytes.Equal(want.Pix, got.Pix):
		return nil
	}
	row := want.Width * 4
	for y := range want.Height {
		a, b := want.Pix[y*row:(y+1)*row], got.Pix[y*row:(y+1)*row]
		if bytes.Equal(a, b) {
			continue
		}
		for x := range want.Width {
			delta := 0
			for c := 4 * x; c < 4*x+4; c++ {
				delta = max(delta, int(a[c])-int(b[c]), int(b[c])-int(a[c]))
			}
			if delta > 0 {
				d.Pixels++
				d.MaxDelta = max(d.MaxDelta, delta)
				d.Rect = d.Rect.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return d
}

// writeDiff writes want.png, got.png and, when the sizes agree, diff.png: black where they are equal, else from red (by
// one) to white (by 255).
func writeDiff(dir string, want, got *output.Frame) ([]string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("session: verify: %w", err)
	}
	files := map[string]*output.Frame{"want.png": want, "got.png": got}
	names := []string{"want.png", "got.png"}
	if want.Width == got.Width && want.Height == got.Height {
		d := *want
		d.Pix = make([]byte, len(want.Pix))
		for i := 0; i+3 < len(d.Pix); i += 4 {
			delta := 0
			for c := i; c < i+4; c++ {
				delta = max(delta, int(want.Pix[c])-int(got.Pix[c]), int(got.Pix[c])-int(want.Pix[c]))
			}
			if delta > 0 {
				d.Pix[i], d.Pix[i+1], d.Pix[i+2] = byte(delta), byte(delta), 255
			}
		}
		files["diff.png"] = &d
		names = append(names, "diff.png")
	}
	for i, n := range names {
		names[i] = filepath.Join(dir, n)
		if err := png.WriteFile(names[i], files[n]); err != nil {
			return nil, err
		}
	}
	return names, nil
}
