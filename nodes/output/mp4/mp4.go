package mp4

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/video"
)

// ErrNoEncoder is the class of errors of New: there is no ffmpeg, or none that can do this.
var ErrNoEncoder = errors.New("mp4: no encoder")

// Options of an Output.
type Options struct {
	Rate output.Rate       // zero: output.DefaultRate
	Note func(text string) // see video.Config
	// FFmpeg is the program; empty: ffmpeg in $PATH.
	FFmpeg string
}

// encoders are ffmpeg's names, best first, with what makes a picture that one looks at without complaint.
var encoders = []struct {
	name string
	args []string
}{
	{"libx264", []string{"-preset", "veryfast", "-crf", "18"}},
	{"libopenh264", []string{"-b:v", "12M"}},
	{"mpeg4", []string{"-q:v", "3"}},
}

// New finds an encoder and makes an output that writes to path.
func New(path string, o Options) (*video.Output, error) {
	t, err := video.Look(path)
	if err != nil {
		return nil, fmt.Errorf("mp4: %w", err)
	}
	if t.Stream {
		return nil, fmt.Errorf("mp4: %w: %s is no file, and MP4 needs one to go back in; y4m can be piped", video.ErrTarget, path)
	}
	if o.Rate == (output.Rate{}) {
		o.Rate = output.DefaultRate
	}
	program := o.FFmpeg
	if program == "" {
		program = "ffmpeg"
	}
	program, err = exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("%w: ffmpeg is missing: install the package ffmpeg (%w)", ErrNoEncoder, err)
	}
	codec, err := chooseEncoder(program)
	if err != nil {
		return nil, err
	}
	return video.New(video.Config{Kind: "mp4", Target: t, Note: o.Note,
		Begin: func(_ context.Context, t video.Target, width, height int) (video.Encoder, error) {
			return start(program, arguments(t.Path, width, height, o.Rate, codec))
		}}), nil
}

// chooseEncoder asks ffmpeg what it has, and gives the arguments that choose the best.
func chooseEncoder(program string) ([]string, error) {
	out, err := exec.Command(program, "-hide_banner", "-loglevel", "error", "-encoders").Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s does not tell its encoders: %w", ErrNoEncoder, program, err)
	}
	has := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) > 1 { // " V....D libx264   H.264 / AVC …"
			has[f[1]] = true
		}
	}
	var names []string
	for _, e := range encoders {
		if has[e.name] {
			return append([]string{"-c:v", e.name}, e.args...), nil
		}
		names = append(names, e.name)
	}
	return nil, fmt.Errorf("%w: %s has none of %s", ErrNoEncoder, program, strings.Join(names, ", "))
}

// arguments of ffmpeg. sRGB's transfer function is near enough to BT.709's that players treat both alike.
func arguments(path string, width, height int, rate output.Rate, codec []string) []string {
	args := []string{"-hide_banner", "-nostats", "-loglevel", "error",
		"-f", "rawvideo", "-pixel_format", "bgra", "-video_size", fmt.Sprintf("%dx%d", width, height), "-framerate", rate.String(), "-i", "pipe:0",
		"-an", "-vf", "vflip,pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"}
	args = append(args, codec...)
	return append(args, "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv",
		"-movflags", "+faststart", "-f", "mp4", "-y", "file:"+path)
}
