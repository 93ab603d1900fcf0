package session

import (
	"slices"
	"strings"

	"github.com/prismgl/prism/nodes/session/clears"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/passes"
)

// kind says what the splitter does with a record.
type kind uint8

const (
	kindPlain            kind = iota // passed on
	kindClient                       // stays here
	kindDrawable                     // prismDrawable…
	kindQuery                        // may be answered
	kindSync                         // Done of each node, then a credit
	kindSwap                         // a frame
	kindReadsFramebuffer             // copies pixels of the framebuffer that is read into an object
	kindBindFramebuffer
	kindNewList
	kindEndList
	kindCallsList
	kindTexture  // gives a texture a format
	kindWhole    // programs with side effects draw to what is split
	kindMayWrite // or might do so
	kindResult   // each node tells what becomes of it
	kindDecided  // the session fills in what a result decides
	kindCounts   // may begin to count fragments
	kindForeign  // no app's to send
)

// answer says who answers a question.
type answer uint8

const (
	answerLead answer = iota
	answerSum
	answerMax
	answerOr
	answerTiles
)

// command is what the session must know of one command.
type command struct {
	name   string
	kind   kind
	fixed  int  // bytes of the record without its arrays
	asked  bool // it carries a reply id
	answer answer
	// changes: after it the default framebuffer may have other contents, or another buffer of it is read. 0 never, 1 if it is
	// drawn to, 2 always.
	changes  uint8
	reading  *reading // of kindReadsFramebuffer
	listable bool     // it may stand in a display list
	touches  touches  // of what drawables show
	follows  bool     // it has a say in what clears clear
	needs    needs    // of state that is held back
	draw     bool     // it is a draw of its own: an observer is told who gets it
	passes   bool     // it has a say in passes into framebuffer objects
	leads    bool     // it brings something for a draw that follows
	// Of kindTexture and some that read the framebuffer: offset in the payload; -1: none.
	internalFormat int
	// Of kindBindFramebuffer: offsets in the payload; -1: none.
	target, framebuffer int
}

// fits tells whether the record that recs stands at has the command's fixed part, and a reply id where it must.
func (c *command) fits(recs *wire.Records) bool {
	return len(recs.Raw()) >= c.fixed && c.asked == (recs.Flags()&wire.RecReply != 0)
}

// commands is the table that the splitter looks into, by op; nil: not to be in a stream.
type commands []*command

// Numbers of prism's own records that the session itself handles.
const (
	opDrawableCreate = uint16(gl.OpPrismDrawableCreate)
	opDrawableResize = uint16(gl.OpPrismDrawableResize)
	opDrawableAccum  = uint16(gl.OpPrismDrawableAccum)
	opSwap           = uint16(gl.OpPrismSwap)
	opUnsupported    = uint16(gl.OpPrismUnsupported)
	opGet            = uint16(gl.OpPrismGet)
)

func (c commands) at(op uint16) *command {
	if int(op) >= len(c) {
		return nil
	}
	return c[op]
}

// newCommands boils stream/gl's description down to what the splitter asks a record.
func newCommands() commands {
	table := make(commands, gl.Ops)
	for op := range gl.Ops {
		info := gl.At(uint16(op))
		if info == nil {
			continue
		}
		c := &command{name: info.Name, fixed: info.Fixed, asked: info.Asked(), changes: changing[gl.Op(op)], touches: touching(info, gl.Op(op)), follows: clears.Follows(gl.Op(op)), listable: info.Has(gl.FlagListable), target: -1, framebuffer: -1, internalFormat: -1}
		table[op] = c
		c.needs, c.passes = needed(info, gl.Op(op)), passes.Follows(uint16(op))
		c.draw, c.leads = drawsAlone(info, gl.Op(op)), leads(uint16(op))
		if info.Draws() {
			c.changes = 1
			if info.Field("framebuffer") >= 0 || info.Field("drawFramebuffer") >= 0 {
				c.changes = 2 // whatever is bound
			}
		}
		if f := info.Field("internalformat"); f >= 0 && strings.HasPrefix(info.Key, "texture_") {
			c.internalFormat = int(info.Fields[f].Offset) - wire.RecordHeaderBytes
		}
		switch {
		case foreign[gl.Op(op)]:
			c.kind = kindForeign
		case op == int(gl.OpPrismDrawableCreate) || op == int(gl.OpPrismDrawableResize) || op == int(gl.OpPrismDrawableAccum) || op == int(gl.OpPrismDrawableDestroy):
			c.kind = kindDrawable
		case op == int(gl.OpPrismWhole):
			c.kind = kindWhole
		case op == int(gl.OpPrismMayWrite):
			c.kind = kindMayWrite
		case op == int(gl.OpPrismFence) || op == int(gl.OpPrismQueryPush):
			c.kind = kindResult
		case op == int(gl.OpPrismConditionalOf) || op == int(gl.OpPrismResultStore):
			c.kind = kindDecided
		case op == int(gl.OpGlBeginQuery) || op == int(gl.OpGlBeginQueryIndexed):
			c.kind = kindCounts
		case info.Class == gl.ClassClient:
			c.kind = kindClient
		case info.Class == gl.ClassSwap:
			c.kind = kindSwap
		case info.Asked(): // also of class sync: the answer is the credit
			c.kind = kindQuery
			c.answer = answers[info.Answer]
		case info.Class == gl.ClassSync:
			c.kind = kindSync
		case info.Has(gl.FlagReadsFramebuffer):
			c.kind, c.reading = kindReadsFramebuffer, newReading(info)
		case lists[gl.Op(op)] != 0:
			c.kind = lists[gl.Op(op)]
		case c.internalFormat >= 0:
			c.kind = kindTexture
		default:
			c.followFramebuffer(info)
		}
	}
	return table
}

// foreign are no app's to send: the ring has turned prismDataRef into prismData, and the others are the session's own.
var foreign = map[gl.Op]bool{gl.OpPrismDataRef: true, gl.OpPrismGather: true, gl.OpPrismExchange: true,
	gl.OpPrismPass: true, gl.OpPrismImageGather: true, gl.OpPrismImageExchange: true}

var answers = map[gl.Answer]answer{gl.AnswerSum: answerSum, gl.AnswerMax: answerMax, gl.AnswerOr: answerOr, gl.AnswerTiles: answerTiles}

var lists = map[gl.Op]kind{
	gl.OpGlNewList: kindNewList, gl.OpGlEndList: kindEndList, gl.OpGlCallList: kindCallsList, gl.OpGlCallLists: kindCallsList,
}

// changing are those that change what is read without drawing.
var changing = map[gl.Op]uint8{gl.OpGlReadBuffer: 2, gl.OpGlNamedFramebufferReadBuffer: 2, gl.OpGlPopAttrib: 2, gl.OpPrismDrawableCreate: 2, gl.OpPrismDrawableResize: 2,
	gl.OpPrismDrawableDestroy: 2, gl.OpPrismMakeCurrent: 2}

// followFramebuffer finds the fields of commands that bind or delete framebuffer objects.
func (c *command) followFramebuffer(info *gl.Command) {
	i := slices.IndexFunc(info.Fields, func(f gl.Field) bool {
		return f.Handle == gl.HandleFramebuffer && (f.Binds && info.Class == gl.ClassBind || f.Deletes)
	})
	if i < 0 {
		return
	}
	c.kind = kindBindFramebuffer
	if info.Fields[i].Binds {
		c.framebuffer = int(info.Fields[i].Offset) - wire.RecordHeaderBytes
	}
	if t := info.Field("target"); t >= 0 {
		c.target = int(info.Fields[t].Offset) - wire.RecordHeaderBytes
	}
}
