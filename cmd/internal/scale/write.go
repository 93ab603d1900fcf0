package scale

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Names of the files in a report's folder; the plots have theirs with .svg and .png.
const (
	MarkdownFile = "README.md"
	CSVFile      = "points.csv"
	JSONFile     = "report.json"
	SpeedupPlot  = "speedup"
	StagesPlot   = "stages"
)

// WriteFiles writes the tables into a folder, which must be there.
func (r *Report) WriteFiles(dir string) error {
	for name, write := range map[string]func(io.Writer) error{
		MarkdownFile: func(w io.Writer) error { return r.WriteMarkdown(w, true) }, CSVFile: r.WriteCSV, JSONFile: r.WriteJSON,
	} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("scale: %w", err)
		}
		if err := errors.Join(write(f), f.Close()); err != nil {
			return fmt.Errorf("scale: %w", err)
		}
	}
	return nil
}

// WriteJSON writes all of it.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteCSV writes the points, one a line.
func (r *Report) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write([]string{"kind", "nodes", "frames_per_second", "frame_ms", "speedup", "efficiency", "balance", "latency_ms", "out_bytes", "in_bytes", "draws",
		"app_ms", "split_ms", "link_out_ms", "nodes_ms", "longest_ms", "link_in_ms", "compose_ms", "session_cpu_ms", "limit"}); err != nil {
		return err
	}
	for _, list := range [][]Point{r.Measured, r.Modelled} {
		for _, p := range list {
			row := []string{string(p.Kind), strconv.Itoa(p.Nodes)}
			for _, v := range []float64{p.FPS, p.FrameMS, p.Speedup, p.Efficiency, p.Balance, p.LatencyMS, p.OutBytes, p.InBytes, p.Draws, p.Stages.App, p.Stages.Split,
				p.Stages.LinkOut, p.Stages.Nodes, p.Stages.Longest, p.Stages.LinkIn, p.Stages.Compose, p.Stages.Session} {
				row = append(row, strconv.FormatFloat(v, 'f', 4, 64))
			}
			if err := c.Write(append(row, p.Limit)); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}

// WriteMarkdown writes the report for people. pictures: the plots stand beside it.
func (r *Report) WriteMarkdown(w io.Writer, pictures bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Scaling of `%s`\n\n", r.Scene)
	fmt.Fprintf(&b, "%d×%d pixels, policy `%s`, %s", r.Width, r.Height, r.Policy, r.Renderer)
	if r.Software {
		b.WriteString(", each node in one thread")
	}
	fmt.Fprintf(&b, ". %d frames for each point, after %d to warm up; %d in flight.\n", r.Frames, r.Warm, r.FramesInFlight)
	if pictures {
		fmt.Fprintf(&b, "\n![speed-up over the number of nodes](%s.png)\n\n![what a frame's time goes into](%s.png)\n", SpeedupPlot, StagesPlot)
	}
	how := "The app ran on them"
	if r.Replayed {
		how = "A recording was played on them, so the app takes no time"
	}
	where := fmt.Sprintf("on one machine of %d cores", r.Cores)
	checked := "all stages on its cores, no link"
	if r.Remote {
		where, checked = "on machines of their own", r.Link+" between session and nodes"
	}
	fmt.Fprintf(&b, "\n## Measured: so many nodes at once %s\n\n%s.\n\n", where, how)
	table(&b, r.Measured)
	fmt.Fprintf(&b, "\n## Modelled: each node on a machine of its own, %s between\n\n", r.Link)
	b.WriteString("Each node's share of the recording was drawn alone, one node after the other; what the session takes was measured with all at once, too, and the smaller figure counts. Speed-up is over one node on the session's machine, modelled too.\n\n")
	table(&b, r.Modelled)
	b.WriteString(`
*Balance* is what the nodes take on average as a part of what the slowest takes. *Out* is what the session sends for a frame (what is for all nodes
counts once), *in* the pieces that come back; *draws* are of a node on average. *Limit* is what keeps the frame rate from being higher: the stage that is busy longest, the
cores that stages share, or the waiting for each other with few frames in flight.

## Milliseconds that each stage works on a frame

`)
	b.WriteString("| | nodes | app | split | link out | node with most to do | slowest of each frame | link in | compose | CPU of the session |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, list := range [][]Point{r.Measured, r.Modelled} {
		for _, p := range list {
			s := p.Stages
			out, in := "–", "–"
			if p.Kind == Modelled {
				out, in = fmt.Sprintf("%.2f", s.LinkOut), fmt.Sprintf("%.2f", s.LinkIn)
			}
			fmt.Fprintf(&b, "| %s | %d | %.2f | %.2f | %s | %.2f | %.2f | %s | %.2f | %.2f |\n", p.Kind, p.Nodes, s.App, s.Split, out, s.Nodes, s.Longest, in, s.Compose, s.Session)
		}
	}
	fmt.Fprintf(&b, "\n## The model against the measurement\n\nThe model was asked for what was measured: %s.\n\n", checked)
	b.WriteString("| nodes | measured, ms a frame | modelled | error | limit |\n|--:|--:|--:|--:|---|\n")
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "| %d | %.1f | %.1f | %+.1f %% | %s |\n", c.Nodes, c.MeasuredMS, c.ModelledMS, 100*c.Error, c.Limit)
	}
	for _, c := range r.Checks {
		if !c.Off() {
			continue
		}
		fmt.Fprintf(&b, "\nWhy the error with %d is above %.0f %%:\n\n", c.Nodes, 100*Tolerable)
		for _, why := range c.Reasons {
			fmt.Fprintf(&b, "- %s\n", why)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func table(b *strings.Builder, points []Point) {
	b.WriteString("| nodes | frames/s | ms a frame | speed-up | efficiency | balance | latency, ms | MB out | MB in | draws a node | limit |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n")
	for _, p := range points {
		fmt.Fprintf(b, "| %d | %.2f | %.2f | %.2f× | %.0f %% | %.2f | %.1f | %.3f | %.3f | %.0f | %s |\n", p.Nodes, p.FPS, p.FrameMS, p.Speedup, 100*p.Efficiency,
			p.Balance, p.LatencyMS, p.OutBytes/1e6, p.InBytes/1e6, p.Draws, p.Limit)
	}
}
