package proto

// Rect is a rectangle in pixels with OpenGL's origin: lower left.
type Rect struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Control is the envelope of KindControl: exactly one member is set.
type Control struct {
	// session → worker
	Plan *Plan `json:"plan,omitempty"`
	End  *End  `json:"end,omitempty"`
	Show *Show `json:"show,omitempty"`
	// worker → session
	Ready  *Ready  `json:"ready,omitempty"`
	Frame  *Frame  `json:"frame,omitempty"`
	Fault  *Fault  `json:"fault,omitempty"`
	Notes  *Notes  `json:"notes,omitempty"`
	Done   *Done   `json:"done,omitempty"`
	Debug  *Debug  `json:"debug,omitempty"`
	Staged *Staged `json:"staged,omitempty"`
	Shown  *Shown  `json:"shown,omitempty"`
}

// Plan says what this worker draws of a drawable from the next record on. Sent to each worker singly, between batches.
type Plan struct {
	Drawable uint32 `json:"drawable"`
	// Width, Height: the drawable's size that the plan was made for; a worker whose drawable has another size draws all
	// and sends what it has of Tiles.
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Scissor Rect   `json:"scissor"` // bounding box of Tiles: drawing is cut to it; empty: draws nothing
	Tiles   []Rect `json:"tiles"`   // pieces that the worker sends for each frame
	// Target is the part of the picture that the worker's framebuffer holds, around Scissor; nothing: all. It stays for a size of the drawable.
	Target Rect `json:"target,omitzero"`
	// Shift is added to the window coordinates of what is drawn: to viewports, and to nothing that does not go through them.
	Shift Shift `json:"shift,omitzero"`
	Lead  bool  `json:"lead"` // this worker answers questions of class lead
	// Views are what displays of this worker show of each frame (wall.go); they lie within Scissor.
	Views []View `json:"views,omitempty"`
	// NoPieces: nobody wants the picture put together; Tiles say only what this worker answers for.
	NoPieces bool `json:"no_pieces,omitempty"`
}

// Shift is a way in pixels, each part at least -MaxShift and at most MaxShift.
type Shift struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	// Offscreen: also what goes into the app's framebuffer objects, by viewports of the drawable's size.
	Offscreen bool `json:"offscreen,omitempty"`
}

// End tells a worker to finish and exit.
type End struct {
	Reason string `json:"reason"`
}

// Ready is a worker's first message.
type Ready struct {
	PID         int    `json:"pid"`
	Renderer    string `json:"renderer"`
	Version     string `json:"version"`
	Software    bool   `json:"software"`    // it draws on the CPU
	Framebuffer string `json:"framebuffer"` // make of the default framebuffer: "fbo" or "pbuffer"
	SpecHash    uint64 `json:"spec_hash"`
}

// Frame is what a worker measured of one frame, sent before the frame's pieces. Times in nanoseconds.
type Frame struct {
	Drawable   uint32 `json:"drawable"`
	Number     uint64 `json:"number"`
	ReplayWall int64  `json:"replay_wall"` // in the unpacker, GL calls included
	ReplayCPU  int64  `json:"replay_cpu"`  // thread CPU time of the same
	Cost       int64  `json:"cost"`        // what the frame took of the device: the CPU time of a software driver, or a GPU's; reading back included
	Timed      bool   `json:"timed"`       // Cost is by the GPU's own timers
	Readback   int64  `json:"readback"`    // wall
	Sent       int64  `json:"sent"`        // thread CPU time of packing and sending the pieces of the frame before
	Records    uint64 `json:"records"`
	Bytes      uint64 `json:"bytes"`
	GLError    uint32 `json:"gl_error"` // first error since the last frame, 0: none
	Draws      uint64 `json:"draws"`    // draw commands that could touch pixels, to tell an empty frame
}

// Fault is the last message of a worker that cannot go on.
type Fault struct {
	Class string `json:"class"` // Fault…
	Text  string `json:"text"`
}

// Classes of faults: the stream is to blame, the device, or prism itself.
const (
	FaultCorrupt  = "corrupt"
	FaultDevice   = "device"
	FaultInternal = "internal"
)

// Notes are things a user should know, each said once.
type Notes struct {
	Texts []string `json:"texts"`
}

// Done acknowledges a record of class sync (glFinish): all before it has been carried out.
type Done struct {
	Record  string `json:"record"`
	Count   uint64 `json:"count"`              // how many such records this worker has carried out
	GLError uint32 `json:"gl_error,omitempty"` // first error of the context since it was told last, 0: none
}
