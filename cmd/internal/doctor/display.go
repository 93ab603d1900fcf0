package doctor

import (
	"fmt"
	"io"
	"log"
	"os/exec"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"
)

func displayChecks(env Env) []Check {
	var out []Check
	if p, err := exec.LookPath("Xvfb"); err == nil {
		out = append(out, Check{groupDisplay, "Xvfb", OK, p, ""})
	} else {
		out = append(out, Check{groupDisplay, "Xvfb", Warn, "not found: prism run starts one where there is no display",
			"apt-get install xvfb"})
	}
	if env.Display == "" {
		return append(out, Check{groupDisplay, "DISPLAY", OK, "not set: prism run starts an Xvfb of its own", ""})
	}
	xgb.Logger = log.New(io.Discard, "", 0) // it tells of a missing .Xauthority, which is none of the user's worries
	c, err := xgb.NewConnDisplay(env.Display)
	if err != nil {
		return append(out, Check{groupDisplay, "DISPLAY", Fail, fmt.Sprintf("%s: %v", env.Display, err),
			"start an X server there, or unset DISPLAY and prism starts an Xvfb of its own"})
	}
	defer c.Close()
	setup := xproto.Setup(c)
	screen := setup.DefaultScreen(c)
	visuals := 0
	for _, d := range screen.AllowedDepths {
		if d.Depth != 24 && d.Depth != 32 {
			continue
		}
		for _, v := range d.Visuals {
			if v.Class == xproto.VisualClassTrueColor {
				visuals++
			}
		}
	}
	st, remedy := OK, ""
	if visuals == 0 {
		st, remedy = Fail, "prism's framebuffer configurations are made from TrueColor visuals of depth 24 or 32: run the X server with -depth 24"
	}
	out = append(out, Check{groupDisplay, "DISPLAY", st, fmt.Sprintf("%s: %s, %d×%d, depth %d, %d TrueColor visuals", env.Display,
		setup.Vendor, screen.WidthInPixels, screen.HeightInPixels, screen.RootDepth, visuals), remedy})
	return append(out, shmCheck(c))
}

func shmCheck(c *xgb.Conn) Check {
	const name = "MIT-SHM"
	if err := shm.Init(c); err != nil {
		return Check{groupDisplay, name, Warn, "not offered: frames go to the window by PutImage, which is slower",
			"use a local X server with the MIT-SHM extension"}
	}
	v, err := shm.QueryVersion(c).Reply()
	if err != nil {
		return Check{groupDisplay, name, Warn, err.Error(), ""}
	}
	return Check{groupDisplay, name, OK, fmt.Sprintf("version %d.%d", v.MajorVersion, v.MinorVersion), ""}
}
