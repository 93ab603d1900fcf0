package explain

import "github.com/prismgl/prism/nodes/session/observe"

// Report is what is said of a recording's frames.
type Report struct {
	Recording string  `json:"recording"`
	Recorded  uint64  `json:"recorded_frames"`
	Tiling    string  `json:"tiling"`
	Culling   bool    `json:"culling"`
	Frames    []Frame `json:"frames"`
}

// Rect is a rectangle of pixels, from the lower left corner.
type Rect struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Frame is one frame: all draws since the swap before.
type Frame struct {
	Frame     uint64 `json:"frame"` // of the recording, from 1
	Drawable  uint32 `json:"drawable"`
	Number    uint64 `json:"number"` // of the drawable's frames
	Width     int    `json:"width"`
	Height    int    `json:"height"`
	Records   uint64 `json:"records"`
	Draws     int    `json:"draws"`
	Bounded   int    `json:"bounded"`   // draws
	Triangles uint64 `json:"triangles"` // as far as they are known
	Unknown   int    `json:"unknown"`   // draws of which it is not known how many triangles they have
	Passes    []Pass `json:"passes"`
	// ToAll are the draws that went to all nodes, by reason, most first.
	ToAll []Reason `json:"to_all"`
	Nodes []Node   `json:"nodes"`
	// Held and Merged are state records that were held back from a node, and of these those that were never sent.
	Held   uint64 `json:"held"`
	Merged uint64 `json:"merged"`
	// Balances are the nodes' mean over the largest: of draws, of triangles, and of what they took in this very run, 0: not known.
	DrawBalance     float64 `json:"draw_balance"`
	TriangleBalance float64 `json:"triangle_balance"`
	CostBalance     float64 `json:"cost_balance"`
}

// Reason counts draws that went to all nodes.
type Reason struct {
	Why      string   `json:"why"`
	Draws    int      `json:"draws"`
	Programs []uint32 `json:"programs,omitempty"` // in which they were
}

// Node is what one node got.
type Node struct {
	Name      string  `json:"name"`
	Tiles     []Rect  `json:"tiles"`
	Draws     int     `json:"draws"` // that it was sent
	Drawn     uint64  `json:"drawn"` // as it says itself: glVertex and glEnd count, too
	Share     float64 `json:"share"` // of the frame's draws
	Triangles uint64  `json:"triangles"`
	Bytes     uint64  `json:"bytes"`   // of batches
	Cost      float64 `json:"cost_ms"` // of its device in this run, 0: not known
}

// Pass is a run of draws to one target.
type Pass struct {
	Target    string           `json:"target"`
	Drawable  uint32           `json:"drawable"`
	Object    uint32           `json:"framebuffer"` // serial of the framebuffer object, 0: the drawable itself
	Width     int              `json:"width"`       // 0: not known
	Height    int              `json:"height"`
	Attached  []Attachment     `json:"attachments,omitempty"`
	Division  observe.Division `json:"division"`
	Why       string           `json:"why"`
	MarginX   int              `json:"margin_x"` // of a tiled pass into an object: pixels around a node's own part that it draws, too
	MarginY   int              `json:"margin_y"`
	Count     int              `json:"draw_count"`
	Triangles uint64           `json:"triangles"`
	Unknown   int              `json:"unknown"`
	Least     int              `json:"least"` // nodes that got one of its draws
	Most      int              `json:"most"`
	Draws     []Draw           `json:"draws,omitempty"`
}

// Attachment is what stands at one point of a framebuffer object.
type Attachment struct {
	Point  string `json:"point"`
	Object string `json:"object"` // "texture 7"
	Format string `json:"format,omitempty"`
	Width  int    `json:"width"` // 0: not known
	Height int    `json:"height"`
}

// Draw is one draw.
type Draw struct {
	Number    int    `json:"number"` // in the frame, from 1
	Command   string `json:"command"`
	Records   int    `json:"records"`
	Program   uint32 `json:"program"` // 0: fixed functions, or not known
	Position  string `json:"position,omitempty"`
	Triangles uint64 `json:"triangles"`
	Known     bool   `json:"triangles_known"`
	Bound     *Rect  `json:"bound,omitempty"`     // pixels that it can touch
	Unbounded string `json:"unbounded,omitempty"` // why that is not known
	Nodes     []int  `json:"nodes"`
	Why       string `json:"why,omitempty"` // all nodes get it though it is bounded
}
