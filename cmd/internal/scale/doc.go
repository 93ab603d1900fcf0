// Package scale makes scaling curves: what was sampled of runs with several numbers of nodes becomes points, and these a report.
//
// There are two kinds of points, which are never mixed. *Measured*: so many nodes really ran at once. *Modelled*: each node's share of
// the frames was drawn alone, one node after the other (package turns), and what that took was put together by package model with the
// measured cost of splitting and composing and with a link. What the session takes is measured while all nodes draw at once, too, however slowly, for it
// wakes up otherwise when each has its turn; the smaller figure counts. The model is checked where both kinds exist: it is asked for the machine on
// which was measured, and the report says by how much it is off, and why where that is more than Tolerable.
//
// Who runs the sessions is cmd/internal/cli; here are a Sampler, which listens to one, Build, which makes a Report, and what writes it.
// Package chart draws it.
package scale
