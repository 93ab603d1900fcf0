// Package wander is a policy for proofs: tiles that change their places and owners after each frame, so that whatever depends on where a
// border lies, or on who drew a pixel before, is found out (`prism verify --tiling wander`).
package wander
