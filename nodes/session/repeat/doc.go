// Package repeat finds frames that leave behind what the frame before them has left, but for values: an animation sets the same state again and again. Of two
// such frames the first need not be carried out by a node that shows nothing of it: the second sets all that it has set. So a node that has nothing of
// any window gets the latest frame alone, and that not before somebody needs it.
//
// Let F be a frame as a function from GL's state to GL's state, and G one that calls the same commands in the same order, whose arguments differ in values
// only. The package says that G after F is G, which holds if
//
//   - what a command sets is the same in both: it is said by arguments that are compared, and by selectors (the current program, the active unit, the
//     matrix mode), which are as the same frames left them;
//   - whether it is legal is said by arguments that are compared, too: values that are not may be anything;
//   - no command adds to what was before the frame: matrices are loaded before they are multiplied, or are pushed and popped;
//   - no value is made of what the frame sets later: a light's position is multiplied with a matrix.
//
// Commands of which that is not known end it; nothing is missed by that but time. Draws leave nothing.
// What is written to buffers is no part of that comparison: it may differ in where and how much, and the latest bytes are kept (Contents).
package repeat
