package spec

import (
	"errors"
	"strings"
	"testing"
)

func TestEGLOverlay(t *testing.T) {
	const head = "family: egl\nversion: \"1.5\"\ndisplay: [EGL_KHR_fence_sync]\n"
	for _, tc := range []struct{ name, text, want string }{
		{"Good", head + "commands: [{names: eglInitialize, from: \"1.0\", vendor: libegl}]\n", ""},
		{"NoVersion", "family: egl\n", "version is missing"},
		{"UnknownVersion", "family: egl\nversion: \"1.6\"\n", `"1.6" is not a version of EGL`},
		{"NoExtension", "family: egl\nversion: \"1.5\"\ndisplay: [KHR_fence_sync]\n", "begin with EGL_"},
		{"OfferedAndWithheld", head + "withheld: [{names: EGL_KHR_fence_sync, why: it is late}]\n", "EGL_KHR_fence_sync is there twice"},
		{"NoReason", head + "withheld: [{names: EGL_KHR_image}]\n", "names and why are needed here"},
		{"FromNowhere", head + "commands: [{names: eglCreateImageKHR, from: EGL_KHR_image, vendor: libegl}]\n", `"EGL_KHR_image" is not a version or extension that is offered`},
		{"NewerThanOffered", "family: egl\nversion: \"1.4\"\ncommands: [{names: eglCreateSync, from: \"1.5\", vendor: libegl}]\n", `"1.5" is not a version or extension`},
		{"NoCommand", head + "commands: [{names: glClear, from: \"1.0\", vendor: libegl}]\n", "begin with egl"},
		{"Twice", head + "commands: [{names: [eglInitialize, eglInitialize], from: \"1.0\", vendor: libegl}]\n", "eglInitialize is there twice"},
		{"UnknownVendor", head + "commands: [{names: eglInitialize, from: \"1.0\", vendor: screen}]\n", `"screen" is not a way to a vendor`},
		{"NoParameter", head + "commands: [{names: eglX, from: \"1.0\", vendor: display, returns: EGLint, params: [{a: EGLint}]}]\n", "eglX: vendor: no parameter is a display"},
		{"NoResult", head + "commands: [{names: eglX, from: \"1.0\", vendor: display, params: [{dpy: EGLDisplay}]}]\n", "eglX: returns is missing"},
		{"NotDispatched", head + "commands: [{names: eglX, from: \"1.0\", vendor: libegl, otherwise: 1}]\n", "are for what the vendors dispatch"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ov, err := ParseOverlay("egl.yaml", []byte(tc.text))
			if err == nil {
				_, err = BuildEGL(ov)
			}
			switch {
			case tc.want == "" && err != nil:
				t.Error(err)
			case tc.want != "" && (!errors.Is(err, ErrOverlay) || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("error %v, want one with %q", err, tc.want)
			}
		})
	}
	if _, err := BuildEGL(&Overlay{}); !errors.Is(err, ErrOverlay) {
		t.Errorf("error %v without a file of family egl, want one of class ErrOverlay", err)
	}
}
