package repeat

// event is what a command does to matrices, or makes of them.
type event uint8

const (
	noEvent  event = iota
	setMode        // the stack that is meant
	load           // the top is replaced
	multiply       // the top is multiplied
	push
	pop
	ofLight // the modelview matrix is used: light positions
)

const (
	modelview  = 0x1700 // GL_MODELVIEW
	projection = 0x1701
)

// Matrices say how a context's stacks are where a frame begins.
type Matrices struct {
	Mode                  uint32 // glMatrixMode
	Modelview, Projection int    // how many more matrices can surely be pushed
}

// step is an event of a frame.
type step struct {
	event
	mode uint32 // of setMode
}

// balanced tells whether a frame that begins so leaves no more of the matrices before it than it found untouched, and makes nothing of what it changes
// later.
func balanced(steps []step, at Matrices) bool {
	mode, room := at.Mode, map[uint32]int{modelview: at.Modelview, projection: at.Projection}
	// Of each matrix: it is made of what the frame has loaded.
	stacks := map[uint32][]bool{modelview: {false}, projection: {false}}
	uses, loads := false, false // modelview: what was there before the frame, and another one in its place
	for _, s := range steps {
		if s.event == setMode {
			mode = s.mode
			continue
		}
		of := mode
		if s.event == ofLight {
			of = modelview
		}
		st := stacks[of]
		if st == nil {
			return false // of textures, by unit
		}
		own := &st[len(st)-1]
		switch s.event {
		case load:
			*own = true
			loads = loads || of == modelview && len(st) == 1
		case multiply:
			if !*own && len(st) == 1 {
				return false
			}
		case push:
			if len(st) > room[of] {
				return false
			}
			stacks[of] = append(st, *own)
		case pop:
			if len(st) == 1 {
				return false
			}
			stacks[of] = st[:len(st)-1]
		case ofLight:
			uses = uses || !*own
		}
	}
	return mode == at.Mode && len(stacks[modelview]) == 1 && len(stacks[projection]) == 1 && !(uses && loads)
}
