package proto

import "fmt"

// Debug is what the leading worker's driver has to say to an app that asked for debug output.
type Debug struct {
	Messages []DebugMessage `json:"messages"`
	Dropped  uint32         `json:"dropped,omitempty"` // more came than are sent
}

// DebugMessage is one message; numbers as in glDebugMessageCallback.
type DebugMessage struct {
	Context  uint32 `json:"context"`
	Source   uint32 `json:"source"`
	Type     uint32 `json:"type"`
	ID       uint32 `json:"id"`
	Severity uint32 `json:"severity"`
	Text     string `json:"text"`
}

// Limits of a Debug.
const (
	MaxDebugMessages = 64
	MaxDebugText     = 4000 // bytes; the driver takes less than 4096, and what is no text becomes three bytes each
)

func (d *Debug) check() error {
	if len(d.Messages) > MaxDebugMessages {
		return fmt.Errorf("%w: %d debug messages, %d is the most", ErrControl, len(d.Messages), MaxDebugMessages)
	}
	for i, m := range d.Messages {
		if len(m.Text) > MaxDebugText {
			return fmt.Errorf("%w: debug message %d of %d bytes, %d is the most", ErrControl, i, len(m.Text), MaxDebugText)
		}
	}
	return nil
}
