package gl

import (
	"slices"
	"strings"
	"sync"
)

// Op is the number of a command, for ever.
type Op uint16

// Class says what a command is to the splitter and to the log.
type Class uint8

// Answer says who answers a query.
type Answer uint8

// Flags of a command.
type Flags uint16

// Handle is a kind of object.
type Handle uint8

// Kind is how a field travels.
type Kind uint8

// Kinds of fields.
const (
	KindU32 Kind = iota + 1
	KindI32
	KindF32
	KindU64
	KindI64
	KindF64
	KindEnum   // u32, a name from a group
	KindBits   // u32, names from a group together
	KindBool   // u32
	KindHandle // u32 serial
	KindSync   // u64 serial
	KindBlob   // an array
)

var kindBytes = [...]uint8{KindU32: 4, KindI32: 4, KindF32: 4, KindU64: 8, KindI64: 8, KindF64: 8, KindEnum: 4, KindBits: 4,
	KindBool: 4, KindHandle: 4, KindSync: 8, KindBlob: 8}

// Bytes that a field of the kind takes in the fixed part.
func (k Kind) Bytes() int { return int(kindBytes[k]) }

// Elem is how the elements of an array read.
type Elem uint8

// Elements of arrays.
const (
	ElemBytes   Elem = iota
	ElemString       // text, ends with NUL
	ElemStrings      // u32 count, count × u32 length, the texts
	ElemF32
	ElemF64
	ElemI32
	ElemU32
	ElemI16
	ElemU16
	ElemItems // calls, WalkItems reads them
)

// Field is one field of a record.
type Field struct {
	Name    string // the parameter's; "reply": the reply id; "made": serial of the object that the command returns
	Kind    Kind
	Handle  Handle // kind of the object or, for an array, of the objects whose serials it holds
	Elem    Elem   // of arrays
	Offset  uint16 // from the record's start
	Group   uint16 // of constants, 0: none
	Makes   bool   // the handles are new
	Deletes bool
	Binds   bool
	// Of commands that stand in spans: where the value, or the array, stands in an item, and how long it is.
	ItemAt, ItemBytes uint8
}

// Bytes that the field takes in the fixed part.
func (f *Field) Bytes() int { return f.Kind.Bytes() }

// Names tells whether a value is one of the constants that an enum field may have; where none are listed, any is.
func (f *Field) Names(value uint32) bool { return f.Group == 0 || groups[f.Group].find(value) != "" }

// Command is what Info holds of each command.
type Command struct {
	Name   string
	Class  Class
	Answer Answer
	Flags  Flags
	Key    string // state slot as the overlay has it, slot(arguments)
	Fixed  int    // bytes of header and fixed part; 0: the command never travels
	Item   int    // bytes of an item of prismVertices, header included; 0: the command stands in none
	Fields []Field
}

// Has tells whether all flags of f are set.
func (c *Command) Has(f Flags) bool { return c.Flags&f == f }

// Field finds a field's index by name; -1: there is none.
func (c *Command) Field(name string) int {
	return slices.IndexFunc(c.Fields, func(f Field) bool { return f.Name == name })
}

// Slot is the state slot's name without its arguments.
func (c *Command) Slot() string {
	slot, _, _ := strings.Cut(c.Key, "(")
	return slot
}

// At gives the description of a command, nil for a number that none has or that never travels.
func At(op uint16) *Command {
	if int(op) >= len(Info) || Info[op].Fixed == 0 {
		return nil
	}
	return &Info[op]
}

func (o Op) String() string {
	if int(o) < len(Info) && Info[o].Name != "" {
		return Info[o].Name
	}
	return "op " + string(appendUint(nil, uint64(o)))
}

func (c Class) String() string { return word(classNames[:], int(c)) }

func (a Answer) String() string { return word(answerNames[:], int(a)) }

func (h Handle) String() string { return word(handleNames[:], int(h)) }

func word(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "?"
}

func (f Flags) String() string {
	var out []string
	for i, n := range flagNames {
		if f&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return strings.Join(out, "|")
}

var byName = sync.OnceValue(func() map[string]Op {
	m := make(map[string]Op, Ops)
	for i := range Info {
		if Info[i].Name != "" {
			m[Info[i].Name] = Op(i)
		}
	}
	return m
})

// Lookup finds a command by its name.
func Lookup(name string) (Op, bool) {
	op, ok := byName()[name]
	return op, ok
}

// ForNodes tells whether nodes take the command's records: not those of class client, which the session handles.
func (c *Command) ForNodes() bool { return c.Fixed != 0 && c.Class != ClassClient }

// Asked tells whether records of the command carry a reply id.
func (c *Command) Asked() bool { return len(c.Fields) > 0 && c.Fields[0].Name == "reply" }

// Draws tells whether the command may change pixels.
func (c *Command) Draws() bool { return c.Class == ClassDraw }
