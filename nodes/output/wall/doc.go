// Package wall shows parts of a picture on several displays of one machine, each in a window of its own on an X server's screen. Frames are
// staged on all of them first and then shown on all at once, so that whoever lets many machines do the second together has a swap barrier.
//
// A display that cannot be opened is an error. One that is lost later (its X server has ended, or does not answer within Patience) is named once and
// left out from then on; the others go on.
package wall
