package session

import (
	"fmt"
	"image"

	"github.com/prismgl/prism/composite"
	"github.com/prismgl/prism/tilesplit"
)

// picture is what a frame's pieces come to: tiles put together by place, or, of a Subpixel plan, the mean of whole pictures.
type picture struct {
	plan *tilesplit.Plan
	asm  composite.Assembler
	mean composite.Mean
	pix  []byte // of the mean
}

// reset begins a picture of a size, with memory of the pool's that take gives back.
func (p *picture) reset(plan *tilesplit.Plan, width, height int, pool *composite.Pool) error {
	p.plan = plan
	pix := pool.Get(width * height * composite.PixelBytes)
	if plan.Mode != tilesplit.Subpixel {
		return p.asm.Reset(width, height, pix)
	}
	p.pix = pix
	return p.mean.Reset(width, height, plan.Weight(), pool.Get(composite.SumBytes(width*height)))
}

// put takes a piece that peer was to send.
func (p *picture) put(peer int, r image.Rectangle, pix []byte) error {
	sample := p.plan.SampleOf(peer)
	if sample == nil {
		return p.asm.Put(r, pix)
	}
	if err := p.mean.Put(pix, sample.Weight); err != nil {
		return err
	}
	if p.mean.Complete() {
		return p.mean.Finish(p.pix)
	}
	return nil
}

// missing says what nobody has sent; "" nothing.
func (p *picture) missing() string {
	if p.plan.Mode == tilesplit.Subpixel {
		if p.mean.Complete() {
			return ""
		}
		return "all samples"
	}
	if p.asm.Complete() {
		return ""
	}
	tiles := make([]image.Rectangle, len(p.plan.Tiles))
	for i, t := range p.plan.Tiles {
		tiles[i] = t.Rect
	}
	return fmt.Sprint(p.asm.Missing(tiles))
}

// take ends the picture and hands its pixels over; nil: it has none.
func (p *picture) take(pool *composite.Pool) []byte {
	if p.plan == nil || p.plan.Mode != tilesplit.Subpixel {
		return p.asm.Take()
	}
	pool.Put(p.mean.Sums())
	pix := p.pix
	p.pix = nil
	return pix
}

// parts are the rectangles that a picture is made of.
func (p *picture) parts() (list []image.Rectangle) {
	if p.plan.Mode == tilesplit.Subpixel {
		return []image.Rectangle{image.Rect(0, 0, p.plan.Width, p.plan.Height)}
	}
	for _, t := range p.plan.Tiles {
		list = append(list, t.Rect)
	}
	return list
}
