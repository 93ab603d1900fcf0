// Package open makes outputs from what a user wrote; it is the one place that knows them all. It owns nothing: the caller
// closes what it gets.
package open
