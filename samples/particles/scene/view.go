package scene

import (
	"cmp"
	"math"
	"slices"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/internal/dice"
	"github.com/prismgl/prism/samples/internal/view"
)

// Particle as it is uploaded: 12 floats.
type Particle struct {
	Pos    mgl32.Vec3
	Size   float32    // half of its side
	Colour mgl32.Vec4 // in light; alpha: how much it hides of what is behind it
	Turn   mgl32.Vec2 // cosine and sine of its turn in the picture
	Look   mgl32.Vec2 // 0: smoke, 1: a point of light; where its smoke lies in the noise
}

// ParticleBytes is the size of a Particle.
const ParticleBytes = 48

// View holds what one frame shows; it is reused from frame to frame.
type View struct {
	Camera    view.Camera
	Particles []Particle // far ones first
	Glow      mgl32.Vec3 // light of the crater

	made  []Particle
	order []far
}

type far struct {
	depth float32
	index int32
}

// Fill fills v for a frame.
func (v *View) Fill(k *Volcano, frame, width, height int) {
	v.Camera = k.At(frame, width, height)
	v.made, v.order, v.Particles = v.made[:0], v.order[:0], v.Particles[:0]
	time := float32(frame) / FramesPerSecond
	flicker := 1 + 0.12*float32(math.Sin(float64(time)*5.1)) + 0.08*float32(math.Sin(float64(time)*13.7))
	v.Glow = mgl32.Vec3{1.9, 0.62, 0.16}.Mul(flicker)
	m := &v.Camera.View
	for i := range k.seeds {
		p, ok := k.particle(i, time)
		if !ok {
			continue
		}
		z := m[2]*p.Pos[0] + m[6]*p.Pos[1] + m[10]*p.Pos[2] + m[14] // less is farther away
		v.order = append(v.order, far{z, int32(len(v.made))})
		v.made = append(v.made, p)
	}
	// Those at the same depth come by number, so that the order does not depend on the sort.
	slices.SortFunc(v.order, func(a, b far) int { return cmp.Or(cmp.Compare(a.depth, b.depth), cmp.Compare(a.index, b.index)) })
	for _, o := range v.order {
		v.Particles = append(v.Particles, v.made[o.index])
	}
}

// particle gives one at a time in seconds; not ok: it is not to be seen.
func (k *Volcano) particle(i int, time float32) (Particle, bool) {
	s := &k.seeds[i]
	at := float64(time/s.period + s.phase)
	life := math.Floor(at)
	t := float32(at - life) // share of its life
	r := dice.New(k.seed, uint64(i), uint64(life))
	switch s.kind {
	case Smoke:
		return k.smoke(r, t, t*s.period), true
	case Spark:
		return k.spark(r, t, t*s.period)
	default:
		return k.ember(r, t, t*s.period, time), true
	}
}

// around gives a direction about the vertical.
func around(r *dice.Rand) (x, z float32) {
	s, c := math.Sincos(2 * math.Pi * float64(r.Unit()))
	return float32(c), float32(s)
}

// smoke rises, slower and slower, spreads and is taken by the wind.
func (k *Volcano) smoke(r *dice.Rand, t, age float32) Particle {
	x, z := around(r)
	from := r.Between(0, 0.5)
	rise := r.Between(1.0, 1.5) * 5.6 * (1 - float32(math.Exp(-0.16*float64(age))))
	spread := 0.16 + 0.13*rise
	sway := 0.25 * rise * (r.Unit() - 0.5)
	blown := age * age * 0.045
	p := mgl32.Vec3{
		x*(from+spread*r.Unit()) + k.wind[0]*blown + sway, Summit - 1 + rise, z*(from+spread*r.Unit()) + k.wind[1]*blown - sway,
	}
	size := 0.36 + 0.18*rise + 0.15*t
	fade := min(1, t*9) * min(1, (1-t)*2.2)
	alpha := 0.9 * fade * (0.45 + 0.55/(1+0.12*rise))
	// Lit from below by the crater, the more the lower it is, and by the last of the day above.
	glow := float32(math.Exp(-0.85 * float64(rise)))
	shade := r.Between(0.6, 1.2) * (0.030 + 0.012*rise)
	c := mgl32.Vec3{shade*1.10 + 2.3*glow, shade*0.93 + 0.62*glow, shade*1.02 + 0.10*glow}
	turn := float64(r.Between(0, 2*math.Pi)) + float64(age)*float64(r.Between(-0.25, 0.25))
	return Particle{p, size, c.Vec4(alpha), mgl32.Vec2{float32(math.Cos(turn)), float32(math.Sin(turn))}, mgl32.Vec2{0, r.Unit()}}
}

// spark is thrown up and falls until it lies on the mountain.
func (k *Volcano) spark(r *dice.Rand, t, age float32) (Particle, bool) {
	x, z := around(r)
	out, up := r.Between(0.05, 1.0), r.Between(3.4, 6.6)
	out *= out * 1.9
	const g = 3.2
	p := mgl32.Vec3{x * (0.25*r.Unit() + out*age), Summit - 0.9 + up*age - g/2*age*age, z * (0.25*r.Unit() + out*age)}
	if p[1] < -0.05 {
		return Particle{}, false // the sea has put it out
	}
	if age > 1 {
		if h := k.Height(p[0], p[2]); p[1] < h+0.03 {
			return Particle{}, false
		}
	}
	heat := (1 - t) * (1 - t)
	c := mgl32.Vec3{1.6*heat + 0.25, 0.85 * heat * heat, 0.30 * heat * heat * heat}.Mul(min(1, 5*(1-t)) * r.Between(0.7, 1.3))
	return Particle{p, r.Between(0.025, 0.055), c.Vec4(0), mgl32.Vec2{1, 0}, mgl32.Vec2{1, 0}}, true
}

// ember glows in the smoke, is carried by it and goes dark.
func (k *Volcano) ember(r *dice.Rand, t, age, time float32) Particle {
	x, z := around(r)
	rise := r.Between(0.8, 1.5) * 4.6 * (1 - float32(math.Exp(-0.2*float64(age))))
	w := 0.2 + 0.34*rise*r.Unit()
	a := float64(r.Between(0, 6.28)) + float64(age)*float64(r.Between(1, 3))
	wx, wz := 0.10*float32(math.Cos(a)), 0.10*float32(math.Sin(a))
	blown := age * age * 0.04
	p := mgl32.Vec3{x*w + wx*rise + k.wind[0]*blown, Summit - 0.8 + rise, z*w + wz*rise + k.wind[1]*blown}
	flicker := 0.65 + 0.35*float32(math.Sin(float64(time)*17+float64(r.Unit())*40))
	heat := (1 - t) * flicker
	return Particle{
		p, r.Between(0.016, 0.04), mgl32.Vec4{1.5 * heat, 0.5 * heat * heat, 0.12 * heat * heat, 0.35 * (1 - heat) * (1 - t)},
		mgl32.Vec2{1, 0}, mgl32.Vec2{1, 0},
	}
}
