package explain

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// printedCommand is how much of a command a table shows.
const printedCommand = 96

// Write prints the report for people.
func (r *Report) Write(to io.Writer) error {
	var w bytes.Buffer
	if err := r.write(&w); err != nil {
		return err
	}
	for line := range bytes.Lines(w.Bytes()) { // tables fill up to their last column
		if _, err := fmt.Fprintln(to, string(bytes.TrimRight(line, " \n"))); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) write(w io.Writer) error {
	culling := "culling on"
	if !r.Culling {
		culling = "culling off"
	}
	nodes := 0
	if len(r.Frames) > 0 {
		nodes = len(r.Frames[0].Nodes)
	}
	fmt.Fprintf(w, "%s: %d frames; %s, tiling %s, %s\n", r.Recording, r.Recorded, several(nodes, "node"), r.Tiling, culling)
	for i := range r.Frames {
		if err := r.Frames[i].write(w); err != nil {
			return err
		}
	}
	return nil
}

func (f *Frame) write(w io.Writer) error {
	of := ""
	if f.Number != f.Frame {
		of = fmt.Sprintf(" (its frame %d)", f.Number)
	}
	fmt.Fprintf(w, "\nframe %d: drawable %d%s, %d×%d; %s, %s, %s triangles; %d records\n", f.Frame, f.Drawable, of, f.Width, f.Height,
		several(len(f.Passes), "pass"), several(f.Draws, "draw"), atLeast(f.Triangles, f.Unknown), f.Records)

	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "pass\ttarget\tdraws\ttriangles\tnodes\tdrawn")
	for i := range f.Passes {
		p := &f.Passes[i]
		fmt.Fprintf(t, "%d\t%s\t%d\t%s\t%s\t%s: %s\n", i+1, p.name(), p.Count, atLeast(p.Triangles, p.Unknown), span(p.Least, p.Most), p.division(), p.Why)
		for _, a := range p.Attached {
			fmt.Fprintf(t, "\t  %s: %s\t\t\t\t\n", a.Point, a.text(p))
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i := range f.Passes {
		if p := &f.Passes[i]; len(p.Draws) > 0 {
			fmt.Fprintf(w, "draws of pass %d, %s\n", i+1, p.name())
			if err := p.write(w, len(f.Nodes)); err != nil {
				return err
			}
		}
	}

	fmt.Fprintf(w, "bounded: %d of %s\n", f.Bounded, several(f.Draws, "draw"))
	if len(f.ToAll) > 0 {
		fmt.Fprintln(w, "to all nodes, because of:")
		for _, r := range f.ToAll {
			in := ""
			if len(r.Programs) > 0 {
				in = " (" + programs(r.Programs) + ")"
			}
			fmt.Fprintf(w, "%6d  %s%s\n", r.Draws, r.Why, in)
		}
	}
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "node\tdraws\tshare\ttriangles\tshare\tbytes\tms\ttiles (x y w h)\t")
	for i := range f.Nodes {
		n := &f.Nodes[i]
		share := 0.0
		if f.Triangles > 0 {
			share = float64(n.Triangles) / float64(f.Triangles)
		}
		ms := "-"
		if n.Cost > 0 {
			ms = fmt.Sprintf("%.2f", n.Cost)
		}
		fmt.Fprintf(t, "%d %s\t%d\t%.0f %%\t%d\t%.0f %%\t%d\t%s\t%s\t\n", i, n.Name, n.Draws, 100*n.Share, n.Triangles, 100*share, n.Bytes, ms, tiles(n.Tiles))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "balance (mean over largest): draws %.2f, triangles %.2f", f.DrawBalance, f.TriangleBalance)
	if f.CostBalance > 0 {
		fmt.Fprintf(w, ", time in this run %.2f", f.CostBalance)
	}
	fmt.Fprintf(w, "\nstate records held back: %d, of them never sent: %d\n", f.Held, f.Merged)
	return nil
}

// name tells a pass's target with its size.
func (p *Pass) name() string {
	if p.Width > 0 && p.Height > 0 {
		return fmt.Sprintf("%s %d×%d", p.Target, p.Width, p.Height)
	}
	return p.Target
}

// division says how it was drawn.
func (p *Pass) division() string {
	if p.MarginX > 0 || p.MarginY > 0 {
		return fmt.Sprintf("%s, %d × %d pixels more on each side", p.Division, p.MarginX, p.MarginY)
	}
	return p.Division.String()
}

// text names what is attached, with its size where that is not the pass's.
func (a *Attachment) text(p *Pass) string {
	s := a.Object
	if a.Format != "" {
		s += " " + a.Format
	}
	if a.Width > 0 && (a.Width != p.Width || a.Height != p.Height) {
		s += fmt.Sprintf(" %d×%d", a.Width, a.Height)
	}
	return s
}

func (p *Pass) write(w io.Writer, nodes int) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  draw\tprogram\ttriangles\tpixels (x y w h)\tnodes\tcommand")
	for i := range p.Draws {
		d := &p.Draws[i]
		program, tris, bound, to := "fixed", "?", "not known: "+d.Unbounded, set(d.Nodes, nodes)
		if d.Program != 0 {
			program = strconv.Itoa(int(d.Program))
		}
		if d.Known {
			tris = strconv.FormatUint(d.Triangles, 10)
		} else if d.Triangles > 0 {
			tris = atLeast(d.Triangles, 1)
		}
		if d.Bound != nil {
			if bound = d.Bound.String(); d.Bound.W <= 0 || d.Bound.H <= 0 {
				bound = "none"
			}
		}
		if d.Why != "" {
			to += ": " + d.Why
		}
		command := d.Command
		if len(command) > printedCommand {
			command = strings.ToValidUTF8(command[:printedCommand], "") + "…"
		}
		fmt.Fprintf(t, "  %d\t%s\t%s\t%s\t%s\t%s\n", d.Number, program, tris, bound, to, command)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	// How positions come about, once a program.
	said := map[uint32]string{}
	for i := range p.Draws {
		d := &p.Draws[i]
		if d.Bound == nil || d.Program == 0 || d.Position == "" || said[d.Program] == d.Position {
			continue
		}
		said[d.Program] = d.Position
		fmt.Fprintf(w, "  program %d places: %s\n", d.Program, d.Position)
	}
	return nil
}

func (r Rect) String() string { return fmt.Sprintf("%d %d %d %d", r.X, r.Y, r.W, r.H) }

// set prints which of so many nodes: "all", "none", "0-2, 5".
func set(list []int, nodes int) string {
	switch len(list) {
	case nodes:
		return "all"
	case 0:
		return "none"
	}
	var out []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		s := strconv.Itoa(list[i])
		if j > i {
			s += "-" + strconv.Itoa(list[j])
		}
		out = append(out, s)
		i = j + 1
	}
	return strings.Join(out, ", ")
}

func span(least, most int) string {
	if least == most {
		return strconv.Itoa(most)
	}
	return fmt.Sprintf("%d-%d", least, most)
}

func atLeast(n uint64, unknown int) string {
	if unknown > 0 {
		return fmt.Sprintf("≥ %d", n)
	}
	return strconv.FormatUint(n, 10)
}

func several(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "s"):
		return fmt.Sprintf("%d %ses", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func programs(list []uint32) string {
	var out []string
	for _, p := range list {
		out = append(out, strconv.Itoa(int(p)))
	}
	if len(out) == 1 {
		return "program " + out[0]
	}
	return "programs " + strings.Join(out, ", ")
}

// printedTiles is how many of a node's tiles a table shows.
const printedTiles = 4

func tiles(list []Rect) string {
	if len(list) == 0 {
		return "none"
	}
	var out []string
	for _, r := range list[:min(len(list), printedTiles)] {
		out = append(out, r.String())
	}
	if n := len(list); n > printedTiles {
		out = append(out, fmt.Sprintf("… %d in all", n))
	}
	return strings.Join(out, ", ")
}

// Check says what keeps a report from being what was asked for: frames First to Last of so many.
func Check(first, last, frames uint64) error {
	switch {
	case frames == 0:
		return fmt.Errorf("there is no frame in it: the app has not swapped")
	case first < 1 || last < first:
		return fmt.Errorf("frames %d to %d: frames count from 1, and the first comes first", first, last)
	case last > frames:
		return fmt.Errorf("frame %d: there are frames 1 to %d", last, frames)
	}
	return nil
}
